// Damaged files: byte flips, truncations and exchanged numbers in real models. Each mutant is
// opened or refused with an Error; nothing else ever happens.
#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/training/model.h>
#include <weft/training/saving/saving.h>

#include <cstdlib>
#include <filesystem>
#include <new>

#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"
#include "io/zip.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/paths.h"

using namespace weft;
using Bytes = std::vector<std::byte>;

namespace {

// The same mutants everywhere: no distribution of the standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  std::size_t below(std::size_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::size_t>(state_ % n);
  }

 private:
  std::uint64_t state_;
};

// Numbers at which sizes and addresses break.
constexpr std::uint64_t edges[] = {0,          1,          0x7f,        0x80,       0xff, 0xffff,
                                   0x7fffffff, 0xffffffff, 0x100000000, ~0ULL >> 1, ~0ULL};

void put_number(Bytes& bytes, std::size_t at, std::uint64_t number, std::size_t width) {
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i)
    bytes[at + i] = static_cast<std::byte>(number >> (8 * i));
}

Bytes mutant(Bytes bytes, Dice& dice) {
  if (bytes.empty()) return bytes;
  const std::size_t kind = dice.below(8);
  if (kind == 0) {
    bytes.resize(dice.below(bytes.size()));
  } else if (kind == 1) {
    put_number(bytes, dice.below(bytes.size()), edges[dice.below(std::size(edges))],
               std::size_t{1} << dice.below(4));
  } else {
    const std::size_t flips = 1 + dice.below(kind == 2 ? 40 : 3);
    for (std::size_t i = 0; i < flips; ++i)
      bytes[dice.below(bytes.size())] ^= static_cast<std::byte>(1U << dice.below(8));
  }
  return bytes;
}

// In JSON also what stands where: one value takes the place of another.
Bytes json_mutant(Bytes bytes, Dice& dice) {
  if (dice.below(2) == 0) return mutant(std::move(bytes), dice);
  static const char* const values[] = {"null",
                                       "-1",
                                       "1e999",
                                       "{}",
                                       "[]",
                                       "\"\"",
                                       "[[]]",
                                       "true",
                                       "1e18",
                                       "9223372036854775807",
                                       "[1, 2]",
                                       "NaN",
                                       "{\"class_name\": \"Dense\"}"};
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t colon = text.find(": ", dice.below(text.size()));
  if (colon == std::string::npos) return mutant(std::move(bytes), dice);
  const std::size_t end = text.find_first_of(",]}", colon);
  text.replace(colon + 2, (end == std::string::npos ? text.size() : end) - colon - 2,
               values[dice.below(std::size(values))]);
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

struct Count {
  int opened = 0, refused = 0;
};

template <class F>
void open_or_refuse(Count& count, F f) {
  try {
    f();
    ++count.opened;
  } catch (const Error& e) {
    CHECK(std::string_view(e.what()).size() > 10);
    ++count.refused;
  }
}

std::string golden(const char* name) {
  return test::source_dir() + "/tests/golden/" + name + ".keras";
}

// A model of layers with state, one with shared layers and two inputs, one that was trained.
std::vector<std::string> models() {
  return {golden("predict/batch_normalization"), golden("predict/embedding_mask_and_explicit_mask"),
          golden("predict/nested_explicit_masks"), golden("train/train_embedding_adam")};
}

std::uint64_t first_seed() {
  const char* seed = std::getenv("WEFT_FUZZ_SEED");
  return seed == nullptr ? 1 : std::strtoull(seed, nullptr, 10);
}

int mutants_of_each() {
  const char* count = std::getenv("WEFT_FUZZ_MUTANTS");
  return count == nullptr ? 40 : std::atoi(count);
}

// Opens `of_each` mutants of one member of every model; the checksums of the archive are right.
Count fuzz_member(const std::string& member, Bytes (*change)(Bytes, Dice&)) {
  const std::string path = test::temporary_dir() + "/mutant.keras";
  set_log_sink([](LogLevel, std::string_view) {});
  Count count;
  std::uint64_t seed = first_seed();
  for (const std::string& model : models()) {
    io::ZipReader from(model);
    for (int i = 0; i < mutants_of_each(); ++i) {
      Dice dice(seed++);
      INFO(model << ": " << member << ", WEFT_FUZZ_SEED=" << seed - 1);
      io::ZipWriter to;
      for (const io::ZipMember& m : from.members())
        to.add(m.name, m.name == member ? change(from.read(m.name), dice) : from.read(m.name));
      to.save(path);
      open_or_refuse(count, [&] { load_model(path); });
    }
  }
  set_log_sink({});
  return count;
}

}  // namespace

TEST_CASE("mutants of config.json are opened or refused", "[fuzz]") {
  const Count count = fuzz_member("config.json", json_mutant);
  CHECK(count.refused > count.opened / 4);
}

TEST_CASE("mutants of model.weights.h5 are opened or refused", "[fuzz]") {
  const Count count = fuzz_member("model.weights.h5", mutant);
  CHECK(count.refused > 0);
}

TEST_CASE("mutants of whole .keras files are opened or refused", "[fuzz]") {
  const std::string path = test::temporary_dir() + "/mutant.keras";
  Count count;
  std::uint64_t seed = first_seed();
  for (const std::string& model : models()) {
    const Bytes bytes = io::read_file(model);
    for (int i = 0; i < mutants_of_each(); ++i) {
      Dice dice(seed++);
      INFO(model << ": WEFT_FUZZ_SEED=" << seed - 1);
      io::write_file_atomically(path, mutant(bytes, dice));
      open_or_refuse(count, [&] { load_model(path); });
    }
  }
  CHECK(count.refused > count.opened);
}
