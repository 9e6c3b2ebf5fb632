/*
 * To whom the packets of one stream go on in the moment they are read. See Fanout in portable.py.
 */
#pragma once
#include "sending.h"

#define CARRIES 32
#define REACH_PACKETS 1000

typedef struct {
    Endpoint *endpoint; /* a reference */
    PyObject *srtp;     /* keeps the context alive */
    void *context;
    srtp_function protect;
    Identity identity;
    socklen_t address_length;
    struct sockaddr_storage address;
    char sent;
    unsigned int newest; /* sequence number of what was sent, as the viewer knows it, as is the timestamp */
    unsigned int newest_timestamp;
} Carry;

struct Fanout {
    PyObject_HEAD
    long long ssrc; /* -1: none yet */
    int reach;
    double patience_s;
    unsigned int newest; /* as on the wire, as is the timestamp */
    unsigned int newest_timestamp;
    unsigned int sequence_offset;
    unsigned int timestamp_offset;
    int count;
    Carry carries[CARRIES];
};

static void carry_clear(Carry *carry)
{
    Py_CLEAR(carry->endpoint);
    Py_CLEAR(carry->srtp);
}

/* No endpoint has it any more, so no thread does. */
static void fanout_dealloc(Fanout *self)
{
    for (int i = 0; i < self->count; i++)
        carry_clear(&self->carries[i]);
    PyObject_Free(self);
}

static PyObject *fanout_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"reach", NULL};
    int reach;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "i", names, &reach))
        return NULL;
    Fanout *self = PyObject_New(Fanout, type);
    if (self == NULL)
        return NULL;
    self->ssrc = -1;
    self->reach = reach;
    self->patience_s = 0;
    self->newest = self->newest_timestamp = self->sequence_offset = self->timestamp_offset = 0;
    self->count = 0;
    return (PyObject *)self;
}

/* let_wait(patience_s) */
static PyObject *fanout_let_wait(Fanout *self, PyObject *patience)
{
    double patience_s = PyFloat_AsDouble(patience);
    if (PyErr_Occurred())
        return NULL;
    lock_path();
    self->patience_s = patience_s;
    unlock_path();
    Py_RETURN_NONE;
}

/* follow(ssrc, newest, newest_timestamp, sequence_offset, timestamp_offset) */
static PyObject *fanout_follow(Fanout *self, PyObject *args)
{
    long long ssrc;
    unsigned int newest, newest_timestamp, sequence_offset, timestamp_offset;
    if (!PyArg_ParseTuple(args, "LIIII", &ssrc, &newest, &newest_timestamp, &sequence_offset, &timestamp_offset))
        return NULL;
    lock_path();
    self->ssrc = ssrc;
    self->newest = newest;
    self->newest_timestamp = newest_timestamp;
    self->sequence_offset = sequence_offset;
    self->timestamp_offset = timestamp_offset;
    unlock_path();
    Py_RETURN_NONE;
}

/* Where this one is, or would be. The lock is held. */
static int fanout_place(const Fanout *self, const Endpoint *endpoint, unsigned int ssrc)
{
    int place = 0;
    while (place < self->count
           && (self->carries[place].endpoint != endpoint || self->carries[place].identity.ssrc != ssrc))
        place++;
    return place;
}

/* carry_to(destination, identity), both as in burst.py */
static PyObject *fanout_carry_to(Fanout *self, PyObject *args)
{
    PyObject *srtp, *session, *context, *protect, *protect_rtcp, *unprotect, *unprotect_rtcp, *identity_object;
    Endpoint *endpoint;
    Py_buffer address;
    if (!PyArg_ParseTuple(args, "(O!y*O!)O!", &EndpointType, &endpoint, &address, &PyTuple_Type, &srtp, &PyTuple_Type,
                          &identity_object))
        return NULL;
    Carry carry = {.address_length = (socklen_t)address.len};
    int fits = (size_t)address.len <= sizeof carry.address;
    if (fits)
        memcpy(&carry.address, address.buf, address.len);
    PyBuffer_Release(&address);
    if (!PyArg_ParseTuple(srtp, "OOOOOO", &session, &context, &protect, &protect_rtcp, &unprotect, &unprotect_rtcp)
        || !read_identity(identity_object, &carry.identity))
        return NULL;
    carry.context = PyLong_AsVoidPtr(context);
    carry.protect = (srtp_function)PyLong_AsVoidPtr(protect);
    if (PyErr_Occurred())
        return NULL;
    carry.endpoint = (Endpoint *)Py_NewRef(endpoint);
    carry.srtp = Py_NewRef(srtp);
    lock_path();
    int place = fanout_place(self, endpoint, carry.identity.ssrc);
    fits &= place < CARRIES;
    Carry before = carry; /* what is to be let go */
    if (fits && place < self->count) {
        before = self->carries[place];
        carry.sent = before.sent;
        carry.newest = before.newest;
        carry.newest_timestamp = before.newest_timestamp;
    } else if (fits) {
        before.endpoint = NULL;
        before.srtp = NULL;
        self->count++;
    }
    if (fits)
        self->carries[place] = carry;
    double since = now_s();
    unlock_path();
    carry_clear(&before);
    if (!fits)
        Py_RETURN_NONE;
    return PyFloat_FromDouble(since);
}

/* drop_from(destination, ssrc) */
static PyObject *fanout_drop_from(Fanout *self, PyObject *args)
{
    PyObject *address, *srtp;
    Endpoint *endpoint;
    unsigned int ssrc;
    if (!PyArg_ParseTuple(args, "(O!OO)I", &EndpointType, &endpoint, &address, &srtp, &ssrc))
        return NULL;
    Carry dropped = {.sent = 0};
    lock_path();
    int place = fanout_place(self, endpoint, ssrc);
    if (place < self->count) {
        dropped = self->carries[place];
        self->count--;
        memmove(&self->carries[place], &self->carries[place + 1], (self->count - place) * sizeof(Carry));
    }
    unlock_path();
    carry_clear(&dropped);
    if (!dropped.sent)
        Py_RETURN_NONE;
    return Py_BuildValue("(II)", dropped.newest, dropped.newest_timestamp);
}

static PyMethodDef fanout_methods[] = {
    {"let_wait", (PyCFunction)fanout_let_wait, METH_O, "See portable.Fanout."},
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
static int fanout_takes(const Fanout *self, const Packet *packet)
{
    int ahead = (short)((unsigned int)packet->sequence - self->newest);
    long long later = (int)((unsigned int)packet->timestamp - self->newest_timestamp);
    return packet->ssrc == self->ssrc && ahead < REACH_PACKETS && ahead > -REACH_PACKETS && later <= self->reach
           && later >= -self->reach;
}

/* Takes in a packet that is carried; whether it cannot wait to be looked at. */
static int fanout_note(Fanout *self, Packet *packet)
{
    int ahead = (short)((unsigned int)packet->sequence - self->newest);
    if (ahead > 0) {
        self->newest = (unsigned int)packet->sequence;
        self->newest_timestamp = (unsigned int)packet->timestamp;
    }
    packet->carried = 1;
    return ahead != 1;
}

/* Notes which numbers went out. */
static void carry_note(Carry *carry, const Identity *identity, const Packet *packet)
{
    unsigned int sequence = (unsigned int)(packet->sequence + identity->sequence_shift) & 0xFFFF;
    if (carry->sent && (short)(sequence - carry->newest) <= 0)
        return;
    carry->sent = 1;
    carry->newest = sequence;
    carry->newest_timestamp = (unsigned int)(packet->timestamp + identity->timestamp_shift);
}

static void fanout_send(Fanout *self, const Packet *const *packets, int count, unsigned int send_time)
{
    for (int i = 0; i < self->count; i++) {
        Carry *carry = &self->carries[i];
        Identity identity = carry->identity;
        identity.sequence_shift += self->sequence_offset;
        identity.timestamp_shift += self->timestamp_offset;
        identity.send_time = send_time;
        for (int j = 0; j < count; j++)
            carry_note(carry, &identity, packets[j]);
        if (carry->endpoint->socket_fd >= 0)
            send_batch(carry->endpoint->socket_fd, &carry->address, carry->address_length, carry->context,
                       carry->protect, packets, count, &identity);
    }
}
