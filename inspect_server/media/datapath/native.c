/*
 * The per-packet work of the media path, compiled: socket to decrypted RTP packet, RTP packet to encrypted datagram.
 *
 * Does what portable.py does; that file is the specification, and the tests hold both against each other. The difference
 * is who reads and when: here a thread of its own (reader.h), so that neither the event loop nor the interpreter's lock
 * holds up a packet that is carried, and Python looks at many packets together. What both sides use is guarded by one
 * lock (common.h). No call blocks but for that lock: every socket operation has MSG_DONTWAIT, and a burst is bounded.
 *
 * libsrtp is not linked: pylibsrtp carries it, and hands in the addresses of its functions and contexts.
 */
#include "reader.h"

static PyMethodDef functions[] = {
    {"send", send_packets, METH_VARARGS, "See portable.send."},
    {"send_rtcp", send_rtcp, METH_VARARGS, "See portable.send_rtcp."},
    {"socket_address", socket_address, METH_VARARGS, "See portable.socket_address."},
    {NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "native", .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit_native(void)
{
    PyObject *burst = PyImport_ImportModule("inspect_server.media.datapath.burst");
    burst_type = burst ? PyObject_GetAttrString(burst, "Burst") : NULL;
    Py_XDECREF(burst);
    if (burst_type == NULL)
        return NULL;
    PyTypeObject *types[] = {&RtpPacketType, &FanoutType, &EndpointType, &ReaderType};
    PyObject *module = PyModule_Create(&definition);
    for (int i = 0; i < 4; i++)
        if (module != NULL && PyModule_AddType(module, types[i]) < 0)
            Py_CLEAR(module);
    return module;
}
