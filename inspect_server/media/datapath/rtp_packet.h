/*
 * One received packet as Python sees it, and how it is read from decrypted bytes (RFC 3550, 5.1). See RtpPacket and parse
 * in portable.py.
 */
#pragma once
#include "common.h"

typedef struct {
    PyObject_HEAD
    PyObject *data;
    long long sequence;
    long long timestamp;
    double arrived_at;
    unsigned int ssrc;
    int payload_type;
    int payload_start;
    int payload_end;
    char marker;
    char carried;
} RtpPacket;

static PyTypeObject RtpPacketType;

static void packet_dealloc(RtpPacket *self)
{
    Py_XDECREF(self->data);
    PyObject_Free(self);
}

static PyObject *packet_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"data", "payload_type", "marker", "sequence", "timestamp", "ssrc",
                            "payload_start", "payload_end", "arrived_at", NULL};
    PyObject *data;
    int payload_type, marker, start, end;
    long long sequence, timestamp;
    unsigned int ssrc;
    double arrived_at = 0;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "SipLLIii|d", names, &data, &payload_type, &marker, &sequence,
                                     &timestamp, &ssrc, &start, &end, &arrived_at))
        return NULL;
    if (start < 0 || end < start || end > PyBytes_GET_SIZE(data)) {
        PyErr_SetString(PyExc_ValueError, "the payload is not inside the packet");
        return NULL;
    }
    RtpPacket *self = PyObject_New(RtpPacket, type);
    if (self == NULL)
        return NULL;
    Py_INCREF(data);
    self->data = data;
    self->payload_type = payload_type;
    self->marker = (char)marker;
    self->sequence = sequence;
    self->timestamp = timestamp;
    self->ssrc = ssrc;
    self->payload_start = start;
    self->payload_end = end;
    self->arrived_at = arrived_at;
    self->carried = 0;
    return (PyObject *)self;
}

static PyObject *packet_payload(RtpPacket *self, void *unused)
{
    (void)unused;
    return PyBytes_FromStringAndSize(PyBytes_AS_STRING(self->data) + self->payload_start,
                                     self->payload_end - self->payload_start);
}

static PyMemberDef packet_members[] = {
    {"data", T_OBJECT_EX, offsetof(RtpPacket, data), READONLY, NULL},
    {"sequence", T_LONGLONG, offsetof(RtpPacket, sequence), 0, NULL},
    {"timestamp", T_LONGLONG, offsetof(RtpPacket, timestamp), 0, NULL},
    {"ssrc", T_UINT, offsetof(RtpPacket, ssrc), READONLY, NULL},
    {"payload_type", T_INT, offsetof(RtpPacket, payload_type), READONLY, NULL},
    {"payload_start", T_INT, offsetof(RtpPacket, payload_start), READONLY, NULL},
    {"payload_end", T_INT, offsetof(RtpPacket, payload_end), READONLY, NULL},
    {"marker", T_BOOL, offsetof(RtpPacket, marker), READONLY, NULL},
    {"arrived_at", T_DOUBLE, offsetof(RtpPacket, arrived_at), READONLY, NULL},
    {"carried", T_BOOL, offsetof(RtpPacket, carried), READONLY, NULL},
    {NULL},
};

static PyGetSetDef packet_properties[] = {
    {"payload", (getter)packet_payload, NULL, "The payload without padding.", NULL},
    {NULL},
};

static PyTypeObject RtpPacketType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "inspect_server.media.datapath.native.RtpPacket",
    .tp_basicsize = sizeof(RtpPacket),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "One received packet: its bytes and where things are in them.",
    .tp_new = packet_new,
    .tp_dealloc = (destructor)packet_dealloc,
    .tp_members = packet_members,
    .tp_getset = packet_properties,
};

/* A new packet from decrypted bytes, or NULL: without an exception if they are no RTP (RFC 3550, 5.1). */
static PyObject *packet_parse(const unsigned char *bytes, int length, double arrived_at)
{
    if (length < HEADER_BYTES || bytes[0] >> 6 != 2)
        return NULL;
    int start = HEADER_BYTES + 4 * (bytes[0] & 0x0F);
    if (bytes[0] & 0x10) {
        if (start + 4 > length)
            return NULL;
        start += 4 + 4 * (bytes[start + 2] << 8 | bytes[start + 3]);
    }
    int end = length;
    if (bytes[0] & 0x20) {
        if (bytes[length - 1] == 0)
            return NULL;
        end -= bytes[length - 1];
    }
    if (start > end)
        return NULL;
    PyObject *data = PyBytes_FromStringAndSize((const char *)bytes, length);
    if (data == NULL)
        return NULL;
    RtpPacket *self = PyObject_New(RtpPacket, &RtpPacketType);
    if (self == NULL) {
        Py_DECREF(data);
        return NULL;
    }
    self->data = data;
    self->payload_type = bytes[1] & 0x7F;
    self->marker = bytes[1] > 127;
    self->sequence = bytes[2] << 8 | bytes[3];
    self->timestamp = (unsigned int)bytes[4] << 24 | bytes[5] << 16 | bytes[6] << 8 | bytes[7];
    self->ssrc = (unsigned int)bytes[8] << 24 | bytes[9] << 16 | bytes[10] << 8 | bytes[11];
    self->payload_start = start;
    self->payload_end = end;
    self->arrived_at = arrived_at;
    self->carried = 0;
    return (PyObject *)self;
}
