extern "C" __attribute__((visibility("default"))) int libcudnn_function() { return 1; }
