/*
 * The per-packet work of the media path, compiled: socket to decrypted RTP packet, RTP packet to encrypted datagram.
 *
 * Does what portable.py does, call for call; that file is the specification, and the tests hold both against each
 * other. Runs on the media worker's event loop with the interpreter's lock held throughout: no call blocks (every socket
 * operation has MSG_DONTWAIT), and a burst is bounded by BURST. The static buffers are safe for that reason.
 *
 * libsrtp is not linked: pylibsrtp carries it, and hands in the addresses of its functions and contexts.
 */
#include "receiving.h"

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
