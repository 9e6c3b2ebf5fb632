/*
 * Packets in: a burst from the socket, decrypted, told apart, and sent on. See receive in portable.py.
 */
#pragma once
#include "fanout.h"

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
