/*
 * Packets out: the same payload under another identity, encrypted, in one system call a burst. See send in portable.py.
 */
#pragma once
#include "endpoint.h"

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
static int rewrite(const Packet *packet, const Identity *identity, unsigned char *out)
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
    memcpy(out + start, packet->bytes + packet->payload_start, payload);
    return start + payload;
}

/* Encrypts these packets and sends them; returns how many the kernel took. What it does not take is lost.
 * The lock is held. */
static long send_batch(int socket_fd, void *address, socklen_t address_length, void *context, srtp_function protect,
                       const Packet *const *packets, int count, const Identity *identity)
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
    Endpoint *endpoint;
    Py_buffer address;
    PyObject *context_object, *protect_object, *packets, *identity_object;
    Identity identity;
    if (!PyArg_ParseTuple(args, "O!y*OOO!O!I", &EndpointType, &endpoint, &address, &context_object, &protect_object,
                          &PyList_Type, &packets, &PyTuple_Type, &identity_object, &identity.send_time))
        return NULL;
    void *context = PyLong_AsVoidPtr(context_object);
    srtp_function protect = (srtp_function)PyLong_AsVoidPtr(protect_object);
    long sent = 0;
    if (!PyErr_Occurred() && read_identity(identity_object, &identity)) {
        const Packet *batch[BURST];
        int ready = 0;
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(packets); i++) {
            PyObject *packet = PyList_GET_ITEM(packets, i);
            if (!Py_IS_TYPE(packet, &RtpPacketType)) {
                PyErr_SetString(PyExc_TypeError, "not an RtpPacket");
                break;
            }
            batch[ready++] = &((RtpPacket *)packet)->packet;
            if (ready == BURST || i == PyList_GET_SIZE(packets) - 1) {
                lock_path();
                sent += send_batch(endpoint->socket_fd, address.buf, address.len, context, protect, batch, ready,
                                   &identity);
                unlock_path();
                ready = 0;
            }
        }
    }
    PyBuffer_Release(&address);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sent);
}

static PyObject *send_rtcp(PyObject *module, PyObject *args)
{
    (void)module;
    Endpoint *endpoint;
    Py_buffer address, packet;
    PyObject *context_object, *protect_object;
    if (!PyArg_ParseTuple(args, "O!y*OOy*", &EndpointType, &endpoint, &address, &context_object, &protect_object,
                          &packet))
        return NULL;
    void *context = PyLong_AsVoidPtr(context_object);
    srtp_function protect = (srtp_function)PyLong_AsVoidPtr(protect_object);
    if (!PyErr_Occurred() && packet.len <= DATAGRAM_BYTES - TRAILER_BYTES) {
        int length = (int)packet.len;
        lock_path();
        memcpy(outgoing[0], packet.buf, length);
        if (endpoint->socket_fd >= 0 && protect(context, outgoing[0], &length) == 0)
            sendto(endpoint->socket_fd, outgoing[0], length, MSG_DONTWAIT, address.buf, address.len);
        unlock_path();
    }
    PyBuffer_Release(&address);
    PyBuffer_Release(&packet);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
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
