// Keras's progress bar, to the letter: lines that keras.utils.Progbar 3.15.1 prints.
#include "tests/harness/catch.h"
#include "training/progress_bar.hpp"

using namespace weft::detail;

TEST_CASE("a redraw in the middle of an epoch shows the time that is left") {
  const ProgressState state{100, 25, 1.0, 0.002, false, {{"accuracy", 0.5}, {"loss", 0.0005}}};
  CHECK(progress_line(state) ==
        "\x1b[1m 25/100\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━\x1b[0m \x1b[1m0s\x1b[0m "
        "2ms/step - accuracy: 0.5000 - "
        "loss: 5.0000e-04");
}

TEST_CASE("the first redraw has no green cells, the last one the time that passed") {
  CHECK(progress_line({13, 0, 0, 0, false, {}}) ==
        "\x1b[1m 0/13\x1b[0m \x1b[37m━━━━━━━━━━━━━━━━━━━━\x1b[0m \x1b[1m0s\x1b[0m 0s/step");
  CHECK(progress_line({13, 13, 2.4, 0.00035, true, {}}) ==
        "\x1b[1m13/13\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m2s\x1b[0m "
        "350us/step");
}

TEST_CASE("long waits are told in minutes and hours, an unknown number of batches is said") {
  CHECK_THAT(progress_line({1000, 10, 5, 0.5, false, {}}),
             Catch::Matchers::Contains("\x1b[1m8:15\x1b[0m 500ms/step"));
  CHECK_THAT(progress_line({10000, 10, 5, 1.0, false, {}}),
             Catch::Matchers::Contains("\x1b[1m2:46:30\x1b[0m 1s/step"));
  CHECK(progress_line({std::nullopt, 7, 3, 0.5, false, {}}) ==
        "      7/Unknown \x1b[1m3s\x1b[0m 500ms/step");
}

TEST_CASE("verbose 2 is one line an epoch") {
  CHECK(
      progress_summary({313, 313, 0.2, 0.000341, true, {{"accuracy", 0.9613}, {"loss", 0.1288}}}) ==
      "313/313 - 0s - 341us/step - accuracy: 0.9613 - loss: 0.1288\n");
}
