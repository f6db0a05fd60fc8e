// Links a library that is not there when it is opened.
extern "C" int libcudnn_function();
extern "C" __attribute__((visibility("default"))) int calls_it() { return libcudnn_function(); }
