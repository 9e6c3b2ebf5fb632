/*
 * The per-packet work of the media path, compiled: socket to decrypted RTP packet, RTP packet to encrypted datagram.
 *
 * Does what portable.py does, call for call; that file is the specification, and the tests hold both against each
 * other. Runs on the media worker's event loop with the interpreter's lock held throughout: no call blocks (every socket
 * operation has MSG_DONTWAIT), and a burst is bounded by BURST. The static buffers are safe for that reason.
 *
 * libsrtp is not linked: pylibsrtp carries it, and hands in the addresses of its functions and contexts.
 */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BURST 64
#define DATAGRAM_BYTES 2048
#define TRAILER_BYTES 160 /* SRTP_MAX_TRAILER_LEN, rounded up */
#define HEADER_BYTES 12
#define EXTENSION_BYTES 8 /* one-byte form (RFC 8285, 4.2) with one value of 24 bits */

typedef int (*srtp_function)(void *context, void *packet, int *length);

/* --- RtpPacket ---------------------------------------------------------------------------------------------------- */

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

/* --- sending ------------------------------------------------------------------------------------------------------ */

static _Alignas(16) unsigned char outgoing[BURST][DATAGRAM_BYTES];

static void put_16(unsigned char *at, unsigned int value)
{
    at[0] = value >> 8;
    at[1] = value;
}

static void put_32(unsigned char *at, unsigned int value)
{
    put_16(at, value >> 16);
    put_16(at + 2, value & 0xFFFF);
}

typedef struct {
    int payload_type;
    unsigned int ssrc;
    long long sequence_shift;
    long long timestamp_shift;
    int send_time_id; /* 0: no header extension */
    unsigned int send_time;
} Identity;

/* The packet's payload under another identity, unencrypted; its length, or 0 if it does not fit. */
static int rewrite(const RtpPacket *packet, const Identity *identity, unsigned char *out)
{
    int payload = packet->payload_end - packet->payload_start;
    int start = HEADER_BYTES + (identity->send_time_id ? EXTENSION_BYTES : 0);
    if (start + payload > DATAGRAM_BYTES - TRAILER_BYTES)
        return 0;
    out[0] = identity->send_time_id ? 0x90 : 0x80;
    out[1] = (unsigned char)(identity->payload_type | (packet->marker ? 0x80 : 0));
    put_16(out + 2, (unsigned int)(packet->sequence + identity->sequence_shift) & 0xFFFF);
    put_32(out + 4, (unsigned int)(packet->timestamp + identity->timestamp_shift));
    put_32(out + 8, identity->ssrc);
    if (identity->send_time_id) {
        put_32(out + 12, 0xBEDE0001);
        put_32(out + 16, (unsigned int)identity->send_time_id << 28 | 2u << 24 | (identity->send_time & 0xFFFFFF));
    }
    memcpy(out + start, PyBytes_AS_STRING(packet->data) + packet->payload_start, payload);
    return start + payload;
}

/* Encrypts these packets and sends them; returns how many the kernel took. What it does not take is lost. */
static long send_batch(int socket_fd, void *address, socklen_t address_length, void *context, srtp_function protect,
                       RtpPacket *const *packets, int count, const Identity *identity)
{
    struct mmsghdr headers[BURST];
    struct iovec parts[BURST];
    unsigned int ready = 0, out = 0;
    for (int i = 0; i < count; i++) {
        int length = rewrite(packets[i], identity, outgoing[ready]);
        if (length == 0 || protect(context, outgoing[ready], &length) != 0)
            continue;
        parts[ready] = (struct iovec){outgoing[ready], length};
        headers[ready] = (struct mmsghdr){.msg_hdr = {
            .msg_name = address, .msg_namelen = address_length, .msg_iov = &parts[ready], .msg_iovlen = 1}};
        ready++;
    }
    while (out < ready) {
        int accepted = sendmmsg(socket_fd, headers + out, ready - out, MSG_DONTWAIT);
        if (accepted > 0)
            out += accepted;
        else if (errno != EINTR) /* full, or nobody there: lost, as on any network */
            break;
    }
    return out;
}

static int read_identity(PyObject *tuple, Identity *identity)
{
    return PyArg_ParseTuple(tuple, "iILLi", &identity->payload_type, &identity->ssrc, &identity->sequence_shift,
                            &identity->timestamp_shift, &identity->send_time_id);
}

static PyObject *send_packets(PyObject *module, PyObject *args)
{
    (void)module;
    int socket_fd;
    Py_buffer address;
    PyObject *context_object, *protect_object, *packets, *identity_object;
    Identity identity;
    if (!PyArg_ParseTuple(args, "iy*OOO!O!I", &socket_fd, &address, &context_object, &protect_object, &PyList_Type,
                          &packets, &PyTuple_Type, &identity_object, &identity.send_time))
        return NULL;
    void *context = PyLong_AsVoidPtr(context_object);
    srtp_function protect = (srtp_function)PyLong_AsVoidPtr(protect_object);
    long sent = 0;
    if (!PyErr_Occurred() && read_identity(identity_object, &identity)) {
        RtpPacket *batch[BURST];
        int ready = 0;
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(packets); i++) {
            PyObject *packet = PyList_GET_ITEM(packets, i);
            if (!Py_IS_TYPE(packet, &RtpPacketType)) {
                PyErr_SetString(PyExc_TypeError, "not an RtpPacket");
                break;
            }
            batch[ready++] = (RtpPacket *)packet;
            if (ready == BURST || i == PyList_GET_SIZE(packets) - 1) {
                sent += send_batch(socket_fd, address.buf, address.len, context, protect, batch, ready, &identity);
                ready = 0;
            }
        }
    }
    PyBuffer_Release(&address);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sent);
}

/* --- Fanout ------------------------------------------------------------------------------------------------------- */

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

/* --- receiving ---------------------------------------------------------------------------------------------------- */

static _Alignas(16) unsigned char incoming[BURST][DATAGRAM_BYTES];
static struct sockaddr_storage senders[BURST];

/* (host, port), as the socket module tells it. */
static PyObject *address_tuple(const struct sockaddr_storage *address, socklen_t length)
{
    char host[NI_MAXHOST];
    if (getnameinfo((const struct sockaddr *)address, length, host, sizeof host, NULL, 0, NI_NUMERICHOST) != 0)
        return Py_BuildValue("(si)", "", 0);
    int port = address->ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)address)->sin6_port)
                                              : ntohs(((const struct sockaddr_in *)address)->sin_port);
    return Py_BuildValue("(si)", host, port);
}

/* Appends and lets go of `item`; 0 if that worked. */
static int append(PyObject *list, PyObject *item)
{
    if (item == NULL)
        return -1;
    int failed = PyList_Append(list, item);
    Py_DECREF(item);
    return failed;
}

typedef struct {
    PyObject *lists[3]; /* RTP, RTCP, the rest */
    PyObject *fanouts;
    Fanout *of[BURST]; /* for each RTP packet */
    double now;
    long refused;
    int pressing;
} Reading;

static int take_rtp(Reading *reading, const unsigned char *bytes, int length)
{
    PyObject *packet = packet_parse(bytes, length, reading->now);
    if (packet == NULL) {
        reading->refused++;
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *payload_type = PyLong_FromLong(((RtpPacket *)packet)->payload_type);
    Fanout *fanout = payload_type ? (Fanout *)PyDict_GetItemWithError(reading->fanouts, payload_type) : NULL;
    Py_XDECREF(payload_type);
    if (fanout != NULL
        && (!Py_IS_TYPE((PyObject *)fanout, &FanoutType) || !fanout_takes(fanout, (RtpPacket *)packet)))
        fanout = NULL;
    reading->of[PyList_GET_SIZE(reading->lists[0])] = fanout;
    reading->pressing |= fanout == NULL || fanout_note(fanout, (RtpPacket *)packet);
    return append(reading->lists[0], packet);
}

static int take_datagram(Reading *reading, unsigned char *bytes, int length, const struct msghdr *header, void *context,
                         srtp_function unprotect, srtp_function unprotect_rtcp)
{
    if (length == 0)
        return 0;
    if (bytes[0] < 128 || bytes[0] > 191) { /* RFC 7983: neither RTP nor RTCP */
        PyObject *address = address_tuple(header->msg_name, header->msg_namelen);
        if (address == NULL)
            return -1;
        return append(reading->lists[2], Py_BuildValue("(y#N)", bytes, (Py_ssize_t)length, address));
    }
    int is_rtcp = length > 1 && bytes[1] > 191 && bytes[1] < 224; /* RFC 5761, 4 */
    if (context == NULL || length < 8 || (is_rtcp ? unprotect_rtcp : unprotect)(context, bytes, &length) != 0) {
        reading->refused++;
        return 0;
    }
    if (is_rtcp)
        return append(reading->lists[1], PyBytes_FromStringAndSize((char *)bytes, length));
    return take_rtp(reading, bytes, length);
}

/* Sends on what was read, each stream's packets together, and lets the streams wait anew if somebody looks now. */
static void carry_on(Reading *reading)
{
    RtpPacket *batch[BURST];
    int count = (int)PyList_GET_SIZE(reading->lists[0]);
    unsigned int send_time = (unsigned int)(long long)(reading->now * (1 << 18)) & 0xFFFFFF;
    for (int first = 0; first < count; first++) {
        Fanout *fanout = reading->of[first];
        if (fanout == NULL)
            continue;
        int ready = 0;
        for (int i = first; i < count; i++)
            if (reading->of[i] == fanout) {
                batch[ready++] = (RtpPacket *)PyList_GET_ITEM(reading->lists[0], i);
                reading->of[i] = NULL;
            }
        fanout_send(fanout, batch, ready, send_time);
        if (reading->pressing)
            fanout->waiting = 0;
    }
}

static PyObject *receive(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    if (count != 5 || !PyDict_Check(args[4])) {
        PyErr_SetString(PyExc_TypeError, "receive(socket_fd, context, unprotect, unprotect_rtcp, fanouts)");
        return NULL;
    }
    int socket_fd = (int)PyLong_AsLong(args[0]);
    void *context = PyLong_AsVoidPtr(args[1]);
    srtp_function unprotect = (srtp_function)PyLong_AsVoidPtr(args[2]);
    srtp_function unprotect_rtcp = (srtp_function)PyLong_AsVoidPtr(args[3]);
    if (PyErr_Occurred())
        return NULL;
    struct mmsghdr headers[BURST];
    struct iovec parts[BURST];
    for (int i = 0; i < BURST; i++) {
        parts[i] = (struct iovec){incoming[i], DATAGRAM_BYTES};
        headers[i] = (struct mmsghdr){.msg_hdr = {
            .msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    Reading reading = {.lists = {PyList_New(0), PyList_New(0), PyList_New(0)}, .fanouts = args[4]};
    int failed = !reading.lists[0] || !reading.lists[1] || !reading.lists[2];
    int received = failed ? 0 : recvmmsg(socket_fd, headers, BURST, MSG_DONTWAIT, NULL);
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    reading.now = (double)clock.tv_sec + (double)clock.tv_nsec / 1e9;
    for (int i = 0; i < received && !failed; i++) {
        if (headers[i].msg_hdr.msg_flags & MSG_TRUNC)
            reading.refused++;
        else
            failed = take_datagram(&reading, incoming[i], (int)headers[i].msg_len, &headers[i].msg_hdr, context,
                                   unprotect, unprotect_rtcp);
    }
    if (failed) {
        for (int i = 0; i < 3; i++)
            Py_XDECREF(reading.lists[i]);
        return NULL;
    }
    carry_on(&reading);
    return Py_BuildValue("(NNNlN)", reading.lists[0], reading.lists[1], reading.lists[2], reading.refused,
                         PyBool_FromLong(reading.pressing));
}

/* The address as the kernel wants it, for a socket of this family. */
static PyObject *socket_address(PyObject *module, PyObject *args)
{
    (void)module;
    const char *host;
    int port, family;
    if (!PyArg_ParseTuple(args, "sii", &host, &port, &family))
        return NULL;
    char service[16];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        PyErr_Format(PyExc_ValueError, "not a numeric address: %s", host);
        return NULL;
    }
    PyObject *bytes = PyBytes_FromStringAndSize((char *)found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return bytes;
}

/* --- module ------------------------------------------------------------------------------------------------------- */

static PyMethodDef functions[] = {
    {"receive", (PyCFunction)(void (*)(void))receive, METH_FASTCALL, "See compiled.receive."},
    {"send", send_packets, METH_VARARGS, "See portable.send."},
    {"socket_address", socket_address, METH_VARARGS, "See portable.socket_address."},
    {NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "native", .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit_native(void)
{
    if (PyType_Ready(&RtpPacketType) < 0 || PyType_Ready(&FanoutType) < 0)
        return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && (PyModule_AddObjectRef(module, "RtpPacket", (PyObject *)&RtpPacketType) < 0
                           || PyModule_AddObjectRef(module, "Fanout", (PyObject *)&FanoutType) < 0)) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
