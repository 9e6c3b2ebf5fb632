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
    unsigned int ssrc;
    int payload_type;
    int payload_start;
    int payload_end;
    char marker;
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
                            "payload_start", "payload_end", NULL};
    PyObject *data;
    int payload_type, marker, start, end;
    long long sequence, timestamp;
    unsigned int ssrc;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "SipLLIii", names, &data, &payload_type, &marker, &sequence,
                                     &timestamp, &ssrc, &start, &end))
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
static PyObject *packet_parse(const unsigned char *bytes, int length)
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
    return (PyObject *)self;
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

static int take_datagram(unsigned char *bytes, int length, const struct msghdr *header, void *context,
                         srtp_function unprotect, srtp_function unprotect_rtcp, PyObject *const lists[3], long *refused)
{
    if (length == 0)
        return 0;
    if (bytes[0] < 128 || bytes[0] > 191) { /* RFC 7983: neither RTP nor RTCP */
        PyObject *address = address_tuple(header->msg_name, header->msg_namelen);
        if (address == NULL)
            return -1;
        return append(lists[2], Py_BuildValue("(y#N)", bytes, (Py_ssize_t)length, address));
    }
    int is_rtcp = length > 1 && bytes[1] > 191 && bytes[1] < 224; /* RFC 5761, 4 */
    if (context == NULL || length < 8 || (is_rtcp ? unprotect_rtcp : unprotect)(context, bytes, &length) != 0) {
        ++*refused;
        return 0;
    }
    if (is_rtcp)
        return append(lists[1], PyBytes_FromStringAndSize((char *)bytes, length));
    PyObject *packet = packet_parse(bytes, length);
    if (packet == NULL) {
        ++*refused;
        return PyErr_Occurred() ? -1 : 0;
    }
    return append(lists[0], packet);
}

static PyObject *receive(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    (void)module;
    if (count != 4) {
        PyErr_SetString(PyExc_TypeError, "receive(socket_fd, context, unprotect, unprotect_rtcp)");
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
    memset(headers, 0, sizeof headers);
    for (int i = 0; i < BURST; i++) {
        parts[i] = (struct iovec){incoming[i], DATAGRAM_BYTES};
        headers[i].msg_hdr = (struct msghdr){
            .msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    PyObject *const lists[3] = {PyList_New(0), PyList_New(0), PyList_New(0)};
    long refused = 0;
    int failed = !lists[0] || !lists[1] || !lists[2];
    int received = failed ? 0 : recvmmsg(socket_fd, headers, BURST, MSG_DONTWAIT, NULL);
    for (int i = 0; i < received && !failed; i++) {
        if (headers[i].msg_hdr.msg_flags & MSG_TRUNC)
            refused++;
        else
            failed = take_datagram(incoming[i], (int)headers[i].msg_len, &headers[i].msg_hdr, context, unprotect,
                                   unprotect_rtcp, lists, &refused);
    }
    if (failed) {
        for (int i = 0; i < 3; i++)
            Py_XDECREF(lists[i]);
        return NULL;
    }
    return Py_BuildValue("(NNNl)", lists[0], lists[1], lists[2], refused);
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

static PyObject *send_packets(PyObject *module, PyObject *args)
{
    (void)module;
    int socket_fd;
    Py_buffer address;
    PyObject *context_object, *protect_object, *packets;
    Identity identity;
    if (!PyArg_ParseTuple(args, "iy*OOO!iILLiI", &socket_fd, &address, &context_object, &protect_object, &PyList_Type,
                          &packets, &identity.payload_type, &identity.ssrc, &identity.sequence_shift,
                          &identity.timestamp_shift, &identity.send_time_id, &identity.send_time))
        return NULL;
    void *context = PyLong_AsVoidPtr(context_object);
    srtp_function protect = (srtp_function)PyLong_AsVoidPtr(protect_object);
    struct mmsghdr headers[BURST];
    struct iovec parts[BURST];
    memset(headers, 0, sizeof headers);
    Py_ssize_t count = PyErr_Occurred() ? 0 : PyList_GET_SIZE(packets);
    long sent = 0;
    Py_ssize_t next = 0;
    int full = 0;
    while (next < count && !full && !PyErr_Occurred()) {
        unsigned int ready = 0;
        for (; next < count && ready < BURST; next++) {
            PyObject *packet = PyList_GET_ITEM(packets, next);
            if (!Py_IS_TYPE(packet, &RtpPacketType)) {
                PyErr_SetString(PyExc_TypeError, "not an RtpPacket");
                break;
            }
            int length = rewrite((RtpPacket *)packet, &identity, outgoing[ready]);
            if (length == 0 || protect(context, outgoing[ready], &length) != 0)
                continue;
            parts[ready] = (struct iovec){outgoing[ready], length};
            headers[ready].msg_hdr = (struct msghdr){
                .msg_name = address.buf, .msg_namelen = address.len, .msg_iov = &parts[ready], .msg_iovlen = 1};
            ready++;
        }
        unsigned int out = 0;
        while (out < ready) {
            int accepted = sendmmsg(socket_fd, headers + out, ready - out, MSG_DONTWAIT);
            if (accepted > 0) {
                out += accepted;
                sent += accepted;
            } else if (errno != EINTR) { /* full, or the peer's port is closed: lost, as on any network */
                full = errno == EAGAIN || errno == ENOBUFS;
                break;
            }
        }
    }
    PyBuffer_Release(&address);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sent);
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
    if (PyType_Ready(&RtpPacketType) < 0)
        return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddObjectRef(module, "RtpPacket", (PyObject *)&RtpPacketType) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
