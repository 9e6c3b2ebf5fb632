"""Work that goes on without anybody asking: calls services with what media and time bring."""
