// A plug-in that some other weft was built with. The second argument is not touched: it may be of
// any form.
extern "C" __attribute__((visibility("default"))) const char* weft_plugin(const char*, void*) {
  return "0.0.1-another";
}
