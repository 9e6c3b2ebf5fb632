/*
 * Packets in: a burst from an endpoint's socket, decrypted, told apart, sent on, and kept for Python to look at. See
 * Endpoint in portable.py.
 */
#pragma once
#include "fanout.h"

#define REPORTS_WAIT_S 0.1

static _Alignas(16) unsigned char incoming[BURST][DATAGRAM_BYTES];
static struct sockaddr_storage senders[BURST];

typedef struct {
    Datagram *datagrams[BURST]; /* RTP that is to be carried */
    Fanout *fanouts[BURST]; /* by whom */
    int count;
} Carrying;

/* The next beat of this length: what can wait for it is looked at together, whichever stream it belongs to. */
static double next_beat(double now, double length_s)
{
    return length_s > 0 ? (floor(now / length_s) + 1) * length_s : now;
}

/* Whether a compound packet has more than reports: requests of whoever waits (RFC 4585; 15 is for bandwidth). */
static int rtcp_presses(const unsigned char *bytes, int length)
{
    while (length >= 4) {
        int size = 4 * ((bytes[2] << 8 | bytes[3]) + 1);
        if ((bytes[1] == 205 || bytes[1] == 206) && (bytes[0] & 0x1F) != 15)
            return 1;
        bytes += size;
        length -= size;
    }
    return 0;
}

static void take_rtp(Endpoint *self, Carrying *carrying, const unsigned char *bytes, int length, double now)
{
    Packet packet;
    Datagram *datagram = packet_read(&packet, bytes, length, now) ? datagram_of(RTP, bytes, length) : NULL;
    if (datagram == NULL) {
        self->refused++;
        return;
    }
    packet.bytes = datagram->bytes;
    datagram->packet = packet;
    Fanout *fanout = self->fanouts[packet.payload_type];
    if (fanout == NULL || !fanout_takes(fanout, &datagram->packet)) {
        endpoint_let_wait(self, now);
    } else {
        endpoint_let_wait(self, fanout_note(fanout, &datagram->packet) ? now : next_beat(now, fanout->patience_s));
        carrying->datagrams[carrying->count] = datagram;
        carrying->fanouts[carrying->count++] = fanout;
    }
    endpoint_append(self, datagram);
}

static void take_rtcp(Endpoint *self, const unsigned char *bytes, int length, double now)
{
    Datagram *datagram = datagram_of(RTCP, bytes, length);
    if (datagram == NULL)
        return;
    datagram->arrived_at = now;
    endpoint_append(self, datagram);
    endpoint_let_wait(self, rtcp_presses(bytes, length) ? now : next_beat(now, REPORTS_WAIT_S));
}

static void take_other(Endpoint *self, const unsigned char *bytes, int length, const struct msghdr *header, double now)
{
    Datagram *datagram = datagram_of(OTHER, bytes, length);
    if (datagram == NULL)
        return;
    datagram->sender.length = header->msg_namelen;
    memcpy(&datagram->sender.address, header->msg_name, sizeof datagram->sender.address);
    endpoint_append(self, datagram);
    endpoint_let_wait(self, now);
}

/* Media that overtook the end of the handshake waits for the keys. */
static void keep_early(Endpoint *self, const unsigned char *bytes, int length, double now)
{
    Datagram *datagram = self->early_count < EARLY_AT_MOST ? datagram_of(OTHER, bytes, length) : NULL;
    if (datagram == NULL) {
        self->refused++;
        return;
    }
    datagram->arrived_at = now;
    self->early[self->early_count++] = datagram;
}

/* Where authentic media comes from. Another address is told at once: answers go astray until it is checked. */
static void note_source(Endpoint *self, const struct msghdr *header, double now)
{
    if (header->msg_namelen == self->source_length && memcmp(header->msg_name, &self->source, header->msg_namelen) == 0)
        return;
    int has_moved = self->source_length > 0;
    memcpy(&self->source, header->msg_name, header->msg_namelen);
    self->source_length = header->msg_namelen;
    self->source_is_news = 1;
    if (has_moved)
        endpoint_let_wait(self, now);
}

/* header: where it came from; NULL: it came before the keys. */
static void take_media(Endpoint *self, Carrying *carrying, unsigned char *bytes, int length,
                       const struct msghdr *header, double now)
{
    int is_rtcp = length > 1 && bytes[1] > 191 && bytes[1] < 224; /* RFC 5761, 4 */
    if (length < 8)
        self->refused++;
    else if (self->context == NULL)
        keep_early(self, bytes, length, now);
    else if ((is_rtcp ? self->unprotect_rtcp : self->unprotect)(self->context, bytes, &length) != 0)
        self->refused++;
    else {
        if (header != NULL)
            note_source(self, header, now);
        if (is_rtcp)
            take_rtcp(self, bytes, length, now);
        else
            take_rtp(self, carrying, bytes, length, now);
    }
}

static void take_datagram(Endpoint *self, Carrying *carrying, unsigned char *bytes, int length,
                          const struct msghdr *header, double now)
{
    if (length == 0)
        return;
    if (header->msg_flags & MSG_TRUNC || self->waiting >= WAITING_AT_MOST) {
        /* Before it is decrypted: so it may be sent again. */
        self->refused++;
    } else if (bytes[0] < 128 || bytes[0] > 191) { /* RFC 7983: neither RTP nor RTCP */
        take_other(self, bytes, length, header, now);
    } else {
        take_media(self, carrying, bytes, length, header, now);
    }
}

/* Sends on what is to be carried, each stream's packets together. */
static void carry_on(Carrying *carrying, double now)
{
    const Packet *batch[BURST];
    unsigned int send_time = (unsigned int)(long long)(now * (1 << 18)) & 0xFFFFFF;
    for (int first = 0; first < carrying->count; first++) {
        Fanout *fanout = carrying->fanouts[first];
        if (fanout == NULL)
            continue;
        int ready = 0;
        for (int i = first; i < carrying->count; i++)
            if (carrying->fanouts[i] == fanout) {
                batch[ready++] = &carrying->datagrams[i]->packet;
                carrying->fanouts[i] = NULL;
            }
        fanout_send(fanout, batch, ready, send_time);
    }
}

/* In a reader's thread or in Python's, with the lock held. */
static void endpoint_read(Endpoint *self)
{
    struct mmsghdr headers[BURST];
    struct iovec parts[BURST];
    for (int i = 0; i < BURST; i++) {
        parts[i] = (struct iovec){incoming[i], DATAGRAM_BYTES};
        headers[i] = (struct mmsghdr){.msg_hdr = {
            .msg_name = &senders[i], .msg_namelen = sizeof senders[i], .msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    int received = recvmmsg(self->socket_fd, headers, BURST, MSG_DONTWAIT, NULL);
    double now = now_s();
    Carrying carrying = {.count = 0};
    for (int i = 0; i < received; i++)
        take_datagram(self, &carrying, incoming[i], (int)headers[i].msg_len, &headers[i].msg_hdr, now);
    carry_on(&carrying, now);
}

static void take_early(Endpoint *self)
{
    Carrying carrying = {.count = 0};
    for (int i = 0; i < self->early_count; i++) {
        Datagram *datagram = self->early[i];
        take_media(self, &carrying, datagram->bytes, datagram->length, NULL, datagram->arrived_at);
        free(datagram);
        if (carrying.count == BURST) { /* more may have come early than one burst holds */
            carry_on(&carrying, now_s());
            carrying.count = 0;
        }
    }
    self->early_count = 0;
    carry_on(&carrying, now_s());
}

static PyObject *burst_type; /* Burst of burst.py */

/* take() */
static PyObject *endpoint_take(Endpoint *self, PyObject *unused)
{
    (void)unused;
    lock_path();
    if (self->socket_fd >= 0)
        endpoint_read(self); /* the thread may be resting */
    Datagram *oldest = self->oldest;
    long refused = self->refused;
    self->oldest = self->newest = NULL;
    self->waiting = 0;
    self->refused = 0;
    self->look_at = HUGE_VAL;
    unlock_path();
    PyObject *lists[] = {PyList_New(0), PyList_New(0), PyList_New(0)};
    int failed = !lists[RTP] || !lists[RTCP] || !lists[OTHER];
    for (const Datagram *datagram = oldest; datagram != NULL && !failed; datagram = datagram->next) {
        PyObject *object = datagram_object(datagram);
        failed = object == NULL || PyList_Append(lists[datagram->kind], object) != 0;
        Py_XDECREF(object);
    }
    free_datagrams(oldest);
    if (!failed)
        return PyObject_CallFunction(burst_type, "NNNl", lists[RTP], lists[RTCP], lists[OTHER], refused);
    for (int i = 0; i < 3; i++)
        Py_XDECREF(lists[i]);
    return NULL;
}

/* source */
static PyObject *endpoint_source(Endpoint *self, void *unused)
{
    (void)unused;
    lock_path();
    struct sockaddr_storage source = self->source;
    socklen_t length = self->source_length;
    int is_news = self->source_is_news;
    self->source_is_news = 0;
    unlock_path();
    if (is_news)
        Py_XSETREF(self->source_told, address_tuple(&source, length));
    if (self->source_told == NULL)
        Py_RETURN_NONE;
    return Py_NewRef(self->source_told);
}

/* authenticate_by(srtp): as in burst.py, or None */
static PyObject *endpoint_authenticate_by(Endpoint *self, PyObject *srtp)
{
    void *context = NULL;
    srtp_function unprotect = NULL, unprotect_rtcp = NULL;
    if (srtp != Py_None) {
        if (!PyTuple_Check(srtp) || PyTuple_GET_SIZE(srtp) != 6) {
            PyErr_SetString(PyExc_TypeError, "not an Srtp");
            return NULL;
        }
        context = PyLong_AsVoidPtr(PyTuple_GET_ITEM(srtp, 1));
        unprotect = (srtp_function)PyLong_AsVoidPtr(PyTuple_GET_ITEM(srtp, 4));
        unprotect_rtcp = (srtp_function)PyLong_AsVoidPtr(PyTuple_GET_ITEM(srtp, 5));
        if (PyErr_Occurred())
            return NULL;
    }
    Py_INCREF(srtp);
    lock_path();
    PyObject *before = self->srtp;
    self->srtp = srtp;
    self->context = context;
    self->unprotect = unprotect;
    self->unprotect_rtcp = unprotect_rtcp;
    if (context != NULL)
        take_early(self);
    unlock_path();
    Py_XDECREF(before);
    Py_RETURN_NONE;
}
