// Calls of layers in config.json: masks that were given explicitly are written as Keras writes
// them, and revived.
#include <weft/core/log.h>
#include <weft/weft.h>

#include <filesystem>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "io/json.hpp"
#include "io/zip.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/paths.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;

namespace {

// The calls of all layers and ops: "name: [{'args': ..., 'kwargs': ...}]".
std::string calls_of(const Config& model) {
  std::string out;
  for (const ConfigValue& one : detail::list(model["layers"])) {
    const auto layer = one.get<Config>();
    const ConfigValue* name = detail::find(layer, "name");
    if (name == nullptr) continue;  // of a Sequential
    out += name->get<std::string>() + ": " +
           io::to_json(Config{{"calls", layer["inbound_nodes"]}}) + "\n";
    const auto inner = layer.get<Config>("config");
    if (inner.contains("layers")) out += calls_of(inner);
  }
  return out;
}

Config config_in(const std::string& path) {
  return io::parse_json(io::ZipReader(path).read_text("config.json"), path).get<Config>("config");
}

std::string reopened_calls(const Model& model) {
  const std::string path = temporary_dir() + "/again.keras";
  model.save(path);
  return calls_of(load_model(path).get_config());
}

class Keywords : public Layer {
 public:
  Keywords() = default;
  explicit Keywords(const Config&) {}
  Tensor call(const Tensor& x, const CallContext& context) {
    const Tensor y = context.attention_mask ? x * context.attention_mask : x;
    return context.use_causal_mask ? y + 1 : y;
  }
  Config get_config() const override { return Layer::get_config(); }
};

}  // namespace

TEST_CASE("Every golden model is written with the calls that Keras wrote", "[training]") {
  int compared = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_dir() + "/tests/golden/predict")) {
    if (entry.path().extension() != ".keras") continue;
    INFO(entry.path());
    const std::string wanted = calls_of(config_in(entry.path().string()));
    if (wanted.find("__ellipsis__") != std::string::npos)
      continue;                                           // weft writes what it stands for
    if (entry.path().stem() == "mha_keywords") continue;  // weft writes its arguments by position
    CHECK(calls_of(load_model(entry.path().string()).get_config()) == wanted);
    ++compared;
  }
  CHECK(compared > 100);
}

TEST_CASE("An explicit mask is saved and revived", "[training]") {
  const Tensor x = Input({3}, {.name = "x"});
  const Tensor keep = Input({3}, {.dtype = DType::boolean, .name = "keep"});
  const Model model({x, keep}, layers::Softmax({.name = "softmax"})(x, {.mask = keep}));
  CHECK_THAT(
      calls_of(model.get_config()),
      Contains(
          "\"kwargs\": {\"mask\": {\"class_name\": \"__keras_tensor__\", \"config\": "
          "{\"shape\": [null, 3], \"dtype\": \"bool\", \"keras_history\": [\"keep\", 0, 0]}}}"));
  CHECK(reopened_calls(model) == calls_of(model.get_config()));
}

TEST_CASE("Keywords of a call are saved and revived for layers of one's own too", "[training]") {
  const Tensor x = Input({3}, {.name = "x"}), by = Input({3}, {.name = "by"});
  const Model model({x, by}, layer<Keywords>()(x, {.attention_mask = by, .use_causal_mask = true}));
  const std::string path = temporary_dir() + "/keywords.keras";
  model.save(path);
  const Model again =
      load_model(path, {.custom_objects = {{"Keywords", custom_object<Keywords>()}}});
  CHECK(calls_of(again.get_config()) == calls_of(model.get_config()));
  CHECK_THAT(calls_of(model.get_config()),
             Contains("\"attention_mask\"") && Contains("\"use_causal_mask\": true"));
  const Tensor y = again({Tensor::of({{1.0f, 2.0f, 3.0f}}), Tensor::of({{2.0f, 0.0f, 1.0f}})});
  CHECK(y.to_vector<float>() == std::vector<float>{3, 1, 4});
}

TEST_CASE("A mask for a layer whose call takes none stays with its input", "[training]") {
  const Tensor x = Input({2, 2}, {.name = "x"});
  const Tensor keep = Input({2}, {.dtype = DType::boolean, .name = "keep"});
  const Tensor y = layers::Add({.name = "sum"})({x, x}, {.mask = {keep, keep}});
  REQUIRE(detail::keras_mask(y));
  const Model model({x, keep}, y);
  std::string warning;
  set_log_sink([&](LogLevel, std::string_view text) { warning = text; });
  CHECK(reopened_calls(model) == calls_of(model.get_config()));
  set_log_sink({});
  CHECK(
      warning ==
      "The layer 'sum' (Add) was called with an explicit mask, which the `call` of its class does "
      "not take: weft opens the saved model, Keras does not.");
}
