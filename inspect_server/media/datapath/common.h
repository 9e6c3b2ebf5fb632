/*
 * What all parts of the compiled data path share: bounds, how libsrtp is called, and the one lock.
 */
#pragma once
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BURST 64
#define DATAGRAM_BYTES 2048
#define TRAILER_BYTES 160 /* SRTP_MAX_TRAILER_LEN, rounded up */
#define HEADER_BYTES 12
#define EXTENSION_BYTES 8 /* one-byte form (RFC 8285, 4.2) with one value of 24 bits */

typedef int (*srtp_function)(void *context, void *packet, int *length);

/*
 * Guards all that the readers' threads and Python both use: fanouts, endpoints with what waits in them, readers, the
 * static buffers, and every context of libsrtp. Held for one burst of one socket at most. Who holds it calls nothing of
 * Python's, so that a thread of Python may wait for it while it holds the interpreter's lock.
 */
static pthread_mutex_t path_lock = PTHREAD_MUTEX_INITIALIZER;

static void lock_path(void)
{
    pthread_mutex_lock(&path_lock);
}

static void unlock_path(void)
{
    pthread_mutex_unlock(&path_lock);
}

/* Monotonic seconds, the same as Python's time.monotonic. */
static double now_s(void)
{
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    return (double)clock.tv_sec + (double)clock.tv_nsec / 1e9;
}
