/*
 * One received packet: how it is read from decrypted bytes (RFC 3550, 5.1), and as Python sees it. See RtpPacket and
 * parse in portable.py.
 */
#pragma once
#include "common.h"

typedef struct {
    const unsigned char *bytes;
    double arrived_at;
    long long sequence;
    long long timestamp;
    unsigned int ssrc;
    int payload_type;
    int payload_start;
    int payload_end;
    char marker;
    char carried;
} Packet;

typedef struct {
    PyObject_HEAD
    PyObject *data;
    Packet packet; /* its bytes are those of `data` */
} RtpPacket;

/* Reads the header; 0 if these bytes are no RTP or its lengths point outside. */
static int packet_read(Packet *packet, const unsigned char *bytes, int length, double arrived_at)
{
    if (length < HEADER_BYTES || bytes[0] >> 6 != 2)
        return 0;
    int start = HEADER_BYTES + 4 * (bytes[0] & 0x0F);
    if (bytes[0] & 0x10) {
        if (start + 4 > length)
            return 0;
        start += 4 + 4 * (bytes[start + 2] << 8 | bytes[start + 3]);
    }
    int end = length;
    if (bytes[0] & 0x20) {
        if (bytes[length - 1] == 0)
            return 0;
        end -= bytes[length - 1];
    }
    if (start > end)
        return 0;
    *packet = (Packet){
        .bytes = bytes,
        .arrived_at = arrived_at,
        .sequence = bytes[2] << 8 | bytes[3],
        .timestamp = (unsigned int)bytes[4] << 24 | bytes[5] << 16 | bytes[6] << 8 | bytes[7],
        .ssrc = (unsigned int)bytes[8] << 24 | bytes[9] << 16 | bytes[10] << 8 | bytes[11],
        .payload_type = bytes[1] & 0x7F,
        .payload_start = start,
        .payload_end = end,
        .marker = bytes[1] > 127,
    };
    return 1;
}

static PyTypeObject RtpPacketType;

static void packet_dealloc(RtpPacket *self)
{
    Py_XDECREF(self->data);
    PyObject_Free(self);
}

/* Takes over the reference to `data`. */
static PyObject *packet_of(PyObject *data, const Packet *packet)
{
    RtpPacket *self = data ? PyObject_New(RtpPacket, &RtpPacketType) : NULL;
    if (self == NULL) {
        Py_XDECREF(data);
        return NULL;
    }
    self->data = data;
    self->packet = *packet;
    self->packet.bytes = (const unsigned char *)PyBytes_AS_STRING(data);
    return (PyObject *)self;
}

static PyObject *packet_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)type;
    static char *names[] = {"data", "payload_type", "marker", "sequence", "timestamp", "ssrc",
                            "payload_start", "payload_end", "arrived_at", NULL};
    PyObject *data;
    int marker;
    Packet packet = {.carried = 0};
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "SipLLIii|d", names, &data, &packet.payload_type, &marker,
                                     &packet.sequence, &packet.timestamp, &packet.ssrc, &packet.payload_start,
                                     &packet.payload_end, &packet.arrived_at))
        return NULL;
    packet.marker = (char)marker;
    if (packet.payload_start < 0 || packet.payload_end < packet.payload_start
        || packet.payload_end > PyBytes_GET_SIZE(data)) {
        PyErr_SetString(PyExc_ValueError, "the payload is not inside the packet");
        return NULL;
    }
    return packet_of(Py_NewRef(data), &packet);
}

static PyObject *packet_payload(RtpPacket *self, void *unused)
{
    (void)unused;
    const Packet *packet = &self->packet;
    return PyBytes_FromStringAndSize((const char *)packet->bytes + packet->payload_start,
                                     packet->payload_end - packet->payload_start);
}

static PyMemberDef packet_members[] = {
    {"data", T_OBJECT_EX, offsetof(RtpPacket, data), READONLY, NULL},
    {"sequence", T_LONGLONG, offsetof(RtpPacket, packet.sequence), 0, NULL},
    {"timestamp", T_LONGLONG, offsetof(RtpPacket, packet.timestamp), 0, NULL},
    {"ssrc", T_UINT, offsetof(RtpPacket, packet.ssrc), READONLY, NULL},
    {"payload_type", T_INT, offsetof(RtpPacket, packet.payload_type), READONLY, NULL},
    {"payload_start", T_INT, offsetof(RtpPacket, packet.payload_start), READONLY, NULL},
    {"payload_end", T_INT, offsetof(RtpPacket, packet.payload_end), READONLY, NULL},
    {"marker", T_BOOL, offsetof(RtpPacket, packet.marker), READONLY, NULL},
    {"arrived_at", T_DOUBLE, offsetof(RtpPacket, packet.arrived_at), READONLY, NULL},
    {"carried", T_BOOL, offsetof(RtpPacket, packet.carried), READONLY, NULL},
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
