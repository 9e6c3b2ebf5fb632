/*
 * One bound UDP socket, in the care of a reader (reader.h). See Endpoint in portable.py.
 */
#pragma once
#include "rtp_packet.h"

#include <math.h>
#include <stdlib.h>

#define PAYLOAD_TYPES 128
#define EARLY_AT_MOST 256
#define WAITING_AT_MOST 2048 /* about 4 s of 3 Mbit/s video */

typedef struct Fanout Fanout;
typedef struct Reader Reader;

static PyTypeObject EndpointType;

typedef enum { RTP, RTCP, OTHER } Kind;

/* A datagram that nobody has looked at yet, decrypted. */
typedef struct Datagram {
    struct Datagram *next;
    Kind kind;
    int length;
    union {
        Packet packet; /* RTP */
        double arrived_at; /* RTCP, and what came before the keys */
        struct { /* OTHER */
            socklen_t length;
            struct sockaddr_storage address;
        } sender;
    };
    _Alignas(16) unsigned char bytes[];
} Datagram;

typedef struct {
    PyObject_HEAD
    Reader *reader; /* a reference */
    int socket_fd;  /* -1: closed */
    unsigned int place; /* among those of the reader */
    PyObject *srtp; /* keeps the context alive; NULL: no keys yet */
    void *context;
    srtp_function unprotect;
    srtp_function unprotect_rtcp;
    Fanout *fanouts[PAYLOAD_TYPES]; /* references, or NULL */
    Datagram *oldest, *newest;
    int waiting;
    Datagram *early[EARLY_AT_MOST]; /* media that came before the keys, the oldest first */
    int early_count;
    long refused;
    struct sockaddr_storage source; /* of the media that authenticated last */
    socklen_t source_length; /* 0: none yet */
    int source_is_news; /* to Python */
    PyObject *source_told; /* as Python knows it; NULL: it knows none */
    double look_at; /* when what waits is to be looked at; HUGE_VAL: nothing waits */
} Endpoint;

static void endpoint_append(Endpoint *self, Datagram *datagram)
{
    datagram->next = NULL;
    if (self->oldest == NULL)
        self->oldest = datagram;
    else
        self->newest->next = datagram;
    self->newest = datagram;
    self->waiting++;
}

static void endpoint_let_wait(Endpoint *self, double until)
{
    if (until < self->look_at)
        self->look_at = until;
}

/* One that waits, copied; NULL if there is no memory: then it is lost, as on any network. */
static Datagram *datagram_of(Kind kind, const unsigned char *bytes, int length)
{
    Datagram *datagram = malloc(sizeof *datagram + length);
    if (datagram != NULL) {
        datagram->kind = kind;
        datagram->length = length;
        memcpy(datagram->bytes, bytes, length);
    }
    return datagram;
}

static void free_datagrams(Datagram *datagram)
{
    while (datagram != NULL) {
        Datagram *next = datagram->next;
        free(datagram);
        datagram = next;
    }
}

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

static PyObject *datagram_object(const Datagram *datagram)
{
    PyObject *bytes = PyBytes_FromStringAndSize((const char *)datagram->bytes, datagram->length);
    if (datagram->kind == RTP)
        return packet_of(bytes, &datagram->packet);
    if (datagram->kind == RTCP)
        return Py_BuildValue("(Nd)", bytes, datagram->arrived_at);
    return Py_BuildValue("(NN)", bytes, address_tuple(&datagram->sender.address, datagram->sender.length));
}
