#include <weft/layers/lstm.h>
#include <weft/layers/regularizers/l2.h>

#include <cmath>

#include "tests/layers/recurrent_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

layers::LSTM small_lstm(layers::LSTMOptions o = {}) { return layers::LSTM(3, std::move(o)); }

}  // namespace

TEST_CASE("LSTM has Keras's weights, names and shapes", "[layers]") {
  layers::LSTM lstm = small_lstm({.name = "d"});
  CHECK(lstm(Input({None, 5})).shape() == Shape{None, 3});
  CHECK(weight_text(lstm) ==
        "d/lstm_cell/kernel (5, 12), d/lstm_cell/recurrent_kernel (3, 12), d/lstm_cell/bias (12,)");
  CHECK(lstm->count_params() == 4 * (5 * 3 + 3 * 3 + 3));
  CHECK(lstm->children().at(0).attribute == "cell");
  CHECK(lstm->children().at(0).layer->class_name() == "LSTMCell");
  // The forget gate begins open.
  CHECK(lstm->bias().value().to_vector<float>() ==
        std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0});
  layers::LSTM closed = small_lstm({.unit_forget_bias = false});
  closed(Input({None, 5}));
  CHECK(closed->bias().value().to_vector<float>() == std::vector<float>(12, 0));
  layers::LSTM bare = small_lstm({.use_bias = false});
  bare(Input({None, 5}));
  CHECK(bare->weights().size() == 2);
}

TEST_CASE("LSTM returns what was asked for", "[layers]") {
  const Tensor x = Input({None, 5});
  CHECK(small_lstm({.return_sequences = true})(x).shape() == Shape{None, None, 3});
  const Tensors all = small_lstm({.return_sequences = true, .return_state = true}).all(x);
  REQUIRE(all.size() == 3);
  CHECK(all[0].shape() == Shape{None, None, 3});
  CHECK(all[1].shape() == Shape{None, 3});
  CHECK(all[2].shape() == Shape{None, 3});
}

TEST_CASE("LSTM: whole op and written-out loop agree", "[layers]") {
  check_loop<layers::LSTM, layers::LSTMOptions>();
}

TEST_CASE("LSTM: initial_state goes in, final states come out", "[layers]") {
  check_states<layers::LSTM, layers::LSTMOptions>(2);
}

TEST_CASE("LSTM: masks of Embedding, of the caller and none with initial_state", "[layers]") {
  check_masks<layers::LSTM, layers::LSTMOptions>(2);
}

TEST_CASE("LSTM: a stateful layer goes on where it ended", "[layers]") {
  check_stateful<layers::LSTM, layers::LSTMOptions>(2);
}

TEST_CASE("LSTM: dropout in training alone, one pattern per sequence", "[layers]") {
  check_dropout<layers::LSTM, layers::LSTMOptions>();
}

TEST_CASE("LSTM: gradients reach all weights, in a plan as eagerly", "[layers]") {
  check_training<layers::LSTM, layers::LSTMOptions>();
}

TEST_CASE("LSTM in float16 and under a mixed policy", "[layers]") {
  check_dtypes<layers::LSTM, layers::LSTMOptions>();
}

TEST_CASE("LSTM writes Keras's config and is revived from it", "[layers]") {
  check_round_trip(layers::LSTM(3, {.activation = "relu",
                                    .recurrent_activation = "hard_sigmoid",
                                    .use_bias = false,
                                    .kernel_regularizer = regularizers::L2(0.1),
                                    .dropout = 0.25,
                                    .recurrent_dropout = 0.5,
                                    .seed = 7,
                                    .return_sequences = true,
                                    .return_state = true,
                                    .go_backwards = true,
                                    .stateful = true,
                                    .unroll = true,
                                    .name = "d"}));
  // What Keras 3.15.1 prints.
  CHECK(config_text(small_lstm({.name = "d"})) ==
        common_config() +
            ", 'return_sequences': False, 'return_state': False, 'go_backwards': False, "
            "'stateful': False, 'unroll': False, 'zero_output_for_mask': False, 'units': 3, "
            "'activation': 'tanh', 'recurrent_activation': 'sigmoid', 'use_bias': True, "
            "'kernel_initializer': {'module': 'keras.initializers', 'class_name': "
            "'GlorotUniform', 'config': {'seed': None}, 'registered_name': None}, "
            "'recurrent_initializer': {'module': 'keras.initializers', 'class_name': "
            "'Orthogonal', 'config': {'seed': None, 'gain': 1.0}, 'registered_name': None}, "
            "'bias_initializer': {'module': 'keras.initializers', 'class_name': 'Zeros', "
            "'config': {}, 'registered_name': None}, 'unit_forget_bias': True, "
            "'kernel_regularizer': None, 'recurrent_regularizer': None, 'bias_regularizer': None, "
            "'activity_regularizer': None, 'kernel_constraint': None, 'recurrent_constraint': "
            "None, 'bias_constraint': None, 'dropout': 0.0, 'recurrent_dropout': 0.0, 'seed': "
            "None}");
}

TEST_CASE("LSTM says what does not fit", "[errors]") {
  check_errors<layers::LSTM, layers::LSTMOptions>("LSTM", 2);
}
