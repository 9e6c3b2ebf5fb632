/*
 * To whom the packets of one stream go on in the moment they are read. See Fanout in portable.py.
 */
#pragma once
#include "sending.h"

#define CARRIES 32
#define REACH_PACKETS 1000

typedef struct {
    PyObject *socket; /* asked for its descriptor at each use: a closed one has none, whatever got its number since */
    PyObject *srtp;   /* keeps the context alive */
    void *context;
    srtp_function protect;
    Identity identity;
    socklen_t address_length;
    struct sockaddr_storage address;
} Carry;

typedef struct {
    PyObject_HEAD
    long long ssrc; /* -1: none yet */
    int patience;
    int reach;
    int waiting;
    unsigned int newest; /* as on the wire, as is the timestamp */
    unsigned int newest_timestamp;
    unsigned int sequence_offset;
    unsigned int timestamp_offset;
    int count;
    Carry carries[CARRIES];
} Fanout;

static void carry_clear(Carry *carry)
{
    Py_CLEAR(carry->socket);
    Py_CLEAR(carry->srtp);
}

static void fanout_dealloc(Fanout *self)
{
    for (int i = 0; i < self->count; i++)
        carry_clear(&self->carries[i]);
    PyObject_Free(self);
}

static PyObject *fanout_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"patience", "reach", NULL};
    int patience, reach;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "ii", names, &patience, &reach))
        return NULL;
    Fanout *self = PyObject_New(Fanout, type);
    if (self == NULL)
        return NULL;
    self->ssrc = -1;
    self->patience = patience;
    self->reach = reach;
    self->waiting = 0;
    self->newest = self->newest_timestamp = self->sequence_offset = self->timestamp_offset = 0;
    self->count = 0;
    return (PyObject *)self;
}

/* follow(ssrc, newest, newest_timestamp, sequence_offset, timestamp_offset) */
static PyObject *fanout_follow(Fanout *self, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "LIIII", &self->ssrc, &self->newest, &self->newest_timestamp, &self->sequence_offset,
                          &self->timestamp_offset))
        return NULL;
    Py_RETURN_NONE;
}

static int fanout_place(const Fanout *self, PyObject *bound, unsigned int ssrc)
{
    int place = 0;
    while (place < self->count
           && (self->carries[place].socket != bound || self->carries[place].identity.ssrc != ssrc))
        place++;
    return place;
}

/* carry_to(destination, identity), both as in burst.py */
static PyObject *fanout_carry_to(Fanout *self, PyObject *args)
{
    PyObject *bound, *address, *srtp, *session, *context, *protect, *unprotect, *unprotect_rtcp, *identity_object;
    if (!PyArg_ParseTuple(args, "(OSO!)O!", &bound, &address, &PyTuple_Type, &srtp, &PyTuple_Type, &identity_object)
        || !PyArg_ParseTuple(srtp, "OOOOO", &session, &context, &protect, &unprotect, &unprotect_rtcp))
        return NULL;
    Carry carry = {.context = PyLong_AsVoidPtr(context), .protect = (srtp_function)PyLong_AsVoidPtr(protect)};
    if (PyErr_Occurred() || !read_identity(identity_object, &carry.identity))
        return NULL;
    int place = fanout_place(self, bound, carry.identity.ssrc);
    if (place == CARRIES || (size_t)PyBytes_GET_SIZE(address) > sizeof carry.address)
        Py_RETURN_FALSE;
    memcpy(&carry.address, PyBytes_AS_STRING(address), PyBytes_GET_SIZE(address));
    carry.address_length = (socklen_t)PyBytes_GET_SIZE(address);
    carry.socket = Py_NewRef(bound);
    carry.srtp = Py_NewRef(srtp);
    if (place == self->count)
        self->count++;
    else
        carry_clear(&self->carries[place]);
    self->carries[place] = carry;
    Py_RETURN_TRUE;
}

/* drop_from(destination, ssrc) */
static PyObject *fanout_drop_from(Fanout *self, PyObject *args)
{
    PyObject *bound, *address, *srtp;
    unsigned int ssrc;
    if (!PyArg_ParseTuple(args, "(OOO)I", &bound, &address, &srtp, &ssrc))
        return NULL;
    int place = fanout_place(self, bound, ssrc);
    if (place < self->count) {
        carry_clear(&self->carries[place]);
        self->count--;
        memmove(&self->carries[place], &self->carries[place + 1], (self->count - place) * sizeof(Carry));
    }
    Py_RETURN_NONE;
}

static PyMethodDef fanout_methods[] = {
    {"follow", (PyCFunction)fanout_follow, METH_VARARGS, "See portable.Fanout."},
    {"carry_to", (PyCFunction)fanout_carry_to, METH_VARARGS, "See portable.Fanout."},
    {"drop_from", (PyCFunction)fanout_drop_from, METH_VARARGS, "See portable.Fanout."},
    {NULL},
};

static PyTypeObject FanoutType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "inspect_server.media.datapath.native.Fanout",
    .tp_basicsize = sizeof(Fanout),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "To whom the packets of one stream go on at once.",
    .tp_new = fanout_new,
    .tp_dealloc = (destructor)fanout_dealloc,
    .tp_methods = fanout_methods,
};

/* Whether the packet is to be carried: one of the stream, with numbers near those of the newest one (RFC 1982). */
static int fanout_takes(const Fanout *self, const RtpPacket *packet)
{
    int ahead = (short)((unsigned int)packet->sequence - self->newest);
    long long later = (int)((unsigned int)packet->timestamp - self->newest_timestamp);
    return packet->ssrc == self->ssrc && ahead < REACH_PACKETS && ahead > -REACH_PACKETS && later <= self->reach
           && later >= -self->reach;
}

/* Takes in a packet that is carried; whether it cannot wait to be looked at. */
static int fanout_note(Fanout *self, RtpPacket *packet)
{
    int ahead = (short)((unsigned int)packet->sequence - self->newest);
    if (ahead > 0) {
        self->newest = (unsigned int)packet->sequence;
        self->newest_timestamp = (unsigned int)packet->timestamp;
    }
    packet->carried = 1;
    self->waiting++;
    return ahead != 1 || packet->marker || self->waiting >= self->patience;
}

static void fanout_send(Fanout *self, RtpPacket *const *packets, int count, unsigned int send_time)
{
    for (int i = 0; i < self->count; i++) {
        Carry *carry = &self->carries[i];
        int socket_fd = PyObject_AsFileDescriptor(carry->socket);
        if (socket_fd < 0) {
            PyErr_Clear();
            continue;
        }
        Identity identity = carry->identity;
        identity.sequence_shift += self->sequence_offset;
        identity.timestamp_shift += self->timestamp_offset;
        identity.send_time = send_time;
        send_batch(socket_fd, &carry->address, carry->address_length, carry->context, carry->protect, packets, count,
                   &identity);
    }
}
