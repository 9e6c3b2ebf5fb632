/*
 * A thread that reads the sockets of a worker, and the bell by which it calls Python. See Reader in portable.py.
 *
 * The thread never takes the interpreter's lock. Between two looks at its sockets it rests for INTERVAL_S: senders pace
 * the packets of a picture, so that nearly each would wake it for itself, and waking costs more than carrying a packet.
 * Network cards coalesce their interrupts for the same reason.
 */
#pragma once
#include "receiving.h"

#include <math.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define INTERVAL_S 0.0016
#define STOP UINT32_MAX

struct Reader {
    PyObject_HEAD
    pthread_t thread;
    int runs;
    int stopping;
    int epoll_fd;
    int bell_fd;  /* readable when somebody is to look */
    int rung;
    int wake_fd;  /* makes the thread look at what is changed */
    Endpoint **endpoints; /* not references: an endpoint leaves when it is closed; NULL: free */
    unsigned int places;
};

static void ring(int fd)
{
    unsigned long long one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* full means rung already */
}

static void silence(int fd)
{
    unsigned long long count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
}

/* Rings if something is to be looked at and Python does not know; returns when there will be more of it. */
static double reader_call(Reader *self)
{
    double now = now_s(), next = HUGE_VAL;
    int due = 0;
    for (unsigned int i = 0; i < self->places; i++) {
        const Endpoint *endpoint = self->endpoints[i];
        if (endpoint != NULL && endpoint->look_at <= now)
            due = 1;
        else if (endpoint != NULL && endpoint->look_at < next)
            next = endpoint->look_at;
    }
    if (due && !self->rung) {
        self->rung = 1;
        ring(self->bell_fd);
    }
    return next;
}

static void rest(double until)
{
    struct timespec clock = {.tv_sec = (time_t)until, .tv_nsec = (long)((until - floor(until)) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &clock, NULL);
}

static void *reader_run(void *argument)
{
    Reader *self = argument;
    struct epoll_event events[BURST];
    double look_at = HUGE_VAL;
    for (;;) {
        int timeout_ms = look_at == HUGE_VAL ? -1 : (int)fmax(0, ceil((look_at - now_s()) * 1000));
        int ready = epoll_wait(self->epoll_fd, events, BURST, timeout_ms);
        double began = now_s();
        for (int i = 0; i < ready; i++) {
            lock_path();
            unsigned int place = events[i].data.u32;
            Endpoint *endpoint = place < self->places ? self->endpoints[place] : NULL;
            if (endpoint != NULL)
                endpoint_read(endpoint);
            unlock_path();
            if (place == STOP)
                silence(self->wake_fd);
        }
        lock_path();
        int stopping = self->stopping;
        look_at = reader_call(self);
        unlock_path();
        if (stopping)
            return NULL;
        rest(began + INTERVAL_S);
    }
}

static int reader_watch(Reader *self, int fd, unsigned int place)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = place};
    return epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/* All signals are for Python's threads. */
static int reader_start(Reader *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&self->thread, NULL, reader_run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failed) {
        self->runs = 1;
        pthread_setname_np(self->thread, "packet-reader");
    }
    errno = failed;
    return failed;
}

static void reader_stop(Reader *self)
{
    if (!self->runs)
        return;
    self->runs = 0;
    lock_path();
    self->stopping = 1;
    unlock_path();
    ring(self->wake_fd);
    Py_BEGIN_ALLOW_THREADS
    pthread_join(self->thread, NULL);
    Py_END_ALLOW_THREADS
}

static void reader_dealloc(Reader *self)
{
    reader_stop(self);
    for (int *fd = (int[]){self->epoll_fd, self->bell_fd, self->wake_fd}, i = 0; i < 3; i++)
        if (fd[i] >= 0)
            close(fd[i]);
    PyMem_Free(self->endpoints);
    PyObject_Free(self);
}

static PyObject *reader_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)args;
    (void)keywords;
    Reader *self = PyObject_New(Reader, type);
    if (self == NULL)
        return NULL;
    self->runs = self->stopping = self->rung = 0;
    self->endpoints = NULL;
    self->places = 0;
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    self->bell_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->epoll_fd < 0 || self->bell_fd < 0 || self->wake_fd < 0 || reader_watch(self, self->wake_fd, STOP) != 0
        || reader_start(self) != 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static PyObject *reader_fileno(Reader *self, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(self->bell_fd);
}

static PyObject *reader_close(Reader *self, PyObject *unused)
{
    (void)unused;
    reader_stop(self);
    Py_RETURN_NONE;
}

/* Puts the endpoint among those that are read; its place, or -1 and an exception. */
static long reader_place(Reader *self, Endpoint *endpoint)
{
    unsigned int place = 0;
    while (place < self->places && self->endpoints[place] != NULL)
        place++;
    Endpoint **before = NULL;
    if (place == self->places) {
        unsigned int places = 2 * place + 8;
        Endpoint **grown = PyMem_Calloc(places, sizeof *grown);
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        lock_path();
        if (place > 0)
            memcpy(grown, self->endpoints, place * sizeof *grown);
        before = self->endpoints;
        self->endpoints = grown;
        self->places = places;
        unlock_path();
    }
    PyMem_Free(before);
    lock_path();
    self->endpoints[place] = endpoint;
    unlock_path();
    return place;
}

/* open(source) */
static PyObject *reader_open(Reader *self, PyObject *source)
{
    int socket_fd = PyObject_AsFileDescriptor(source);
    if (socket_fd < 0)
        return NULL;
    Endpoint *endpoint = PyObject_New(Endpoint, &EndpointType);
    if (endpoint == NULL)
        return NULL;
    memset((char *)endpoint + sizeof(PyObject), 0, sizeof *endpoint - sizeof(PyObject));
    endpoint->socket_fd = -1;
    endpoint->look_at = HUGE_VAL;
    endpoint->reader = (Reader *)Py_NewRef(self);
    long place = reader_place(self, endpoint);
    if (place < 0) {
        Py_DECREF(endpoint);
        return NULL;
    }
    endpoint->place = (unsigned int)place;
    endpoint->socket_fd = socket_fd;
    if (reader_watch(self, socket_fd, endpoint->place) != 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        Py_DECREF(endpoint);
        return NULL;
    }
    return (PyObject *)endpoint;
}

/* ready(): the endpoints at which something is to be looked at now; the bell is silent afterwards. */
static PyObject *reader_ready(Reader *self, PyObject *unused)
{
    (void)unused;
    PyObject *ready = PyList_New(0);
    if (ready == NULL)
        return NULL;
    lock_path();
    silence(self->bell_fd);
    self->rung = 0;
    unlock_path();
    double now = now_s();
    /* Only Python changes the list of endpoints, so it may be walked without the lock. */
    for (unsigned int i = 0; i < self->places; i++) {
        Endpoint *endpoint = self->endpoints[i];
        if (endpoint == NULL)
            continue;
        lock_path();
        int due = endpoint->look_at <= now;
        unlock_path();
        if (due && PyList_Append(ready, (PyObject *)endpoint) != 0) {
            Py_DECREF(ready);
            return NULL;
        }
    }
    return ready;
}

static PyMethodDef reader_methods[] = {
    {"fileno", (PyCFunction)reader_fileno, METH_NOARGS, "See portable.Reader."},
    {"open", (PyCFunction)reader_open, METH_O, "See portable.Reader."},
    {"ready", (PyCFunction)reader_ready, METH_NOARGS, "See portable.Reader."},
    {"close", (PyCFunction)reader_close, METH_NOARGS, "See portable.Reader."},
    {NULL},
};

static PyTypeObject ReaderType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "inspect_server.media.datapath.native.Reader",
    .tp_basicsize = sizeof(Reader),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "Reads the sockets of a worker.",
    .tp_new = reader_new,
    .tp_dealloc = (destructor)reader_dealloc,
    .tp_methods = reader_methods,
};

/* fan_out(payload_type, fanout) */
static PyObject *endpoint_fan_out(Endpoint *self, PyObject *args)
{
    int payload_type;
    Fanout *fanout;
    if (!PyArg_ParseTuple(args, "iO!", &payload_type, &FanoutType, &fanout))
        return NULL;
    if (payload_type < 0 || payload_type >= PAYLOAD_TYPES) {
        PyErr_SetString(PyExc_ValueError, "not a payload type");
        return NULL;
    }
    Py_INCREF(fanout);
    lock_path();
    Fanout *before = self->fanouts[payload_type];
    self->fanouts[payload_type] = fanout;
    unlock_path();
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

/* close(): the socket may be closed afterwards, and keys and fanouts let go */
static PyObject *endpoint_close(Endpoint *self, PyObject *unused)
{
    (void)unused;
    lock_path();
    Fanout *fanouts[PAYLOAD_TYPES];
    memcpy(fanouts, self->fanouts, sizeof fanouts);
    memset(self->fanouts, 0, sizeof self->fanouts);
    PyObject *srtp = self->srtp;
    Datagram *waiting = self->oldest;
    for (int i = 0; i < self->early_count; i++)
        free(self->early[i]);
    self->early_count = 0;
    self->srtp = NULL;
    self->context = NULL;
    self->oldest = self->newest = NULL;
    self->waiting = 0;
    self->look_at = HUGE_VAL;
    if (self->socket_fd >= 0)
        epoll_ctl(self->reader->epoll_fd, EPOLL_CTL_DEL, self->socket_fd, NULL);
    self->socket_fd = -1;
    if (self->reader->places > self->place && self->reader->endpoints[self->place] == self)
        self->reader->endpoints[self->place] = NULL;
    unlock_path();
    free_datagrams(waiting);
    Py_XDECREF(srtp);
    for (int i = 0; i < PAYLOAD_TYPES; i++)
        Py_XDECREF(fanouts[i]);
    Py_RETURN_NONE;
}

static void endpoint_dealloc(Endpoint *self)
{
    Py_XDECREF(endpoint_close(self, NULL));
    Py_XDECREF(self->source_told);
    Py_XDECREF(self->reader);
    PyObject_Free(self);
}

static PyMethodDef endpoint_methods[] = {
    {"take", (PyCFunction)endpoint_take, METH_NOARGS, "See portable.Endpoint."},
    {"authenticate_by", (PyCFunction)endpoint_authenticate_by, METH_O, "See portable.Endpoint."},
    {"fan_out", (PyCFunction)endpoint_fan_out, METH_VARARGS, "See portable.Endpoint."},
    {"close", (PyCFunction)endpoint_close, METH_NOARGS, "See portable.Endpoint."},
    {NULL},
};

static PyGetSetDef endpoint_attributes[] = {
    {"source", (getter)endpoint_source, NULL, "See portable.Endpoint.", NULL},
    {NULL},
};

static PyTypeObject EndpointType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "inspect_server.media.datapath.native.Endpoint",
    .tp_basicsize = sizeof(Endpoint),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "One bound UDP socket, in the care of a reader.",
    .tp_dealloc = (destructor)endpoint_dealloc,
    .tp_methods = endpoint_methods,
    .tp_getset = endpoint_attributes,
};
