/*
 * What all parts of the compiled data path share: bounds, and how libsrtp is called.
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
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BURST 64
#define DATAGRAM_BYTES 2048
#define TRAILER_BYTES 160 /* SRTP_MAX_TRAILER_LEN, rounded up */
#define HEADER_BYTES 12
#define EXTENSION_BYTES 8 /* one-byte form (RFC 8285, 4.2) with one value of 24 bits */

typedef int (*srtp_function)(void *context, void *packet, int *length);
