#include <weft/layers/gru.h>
#include <weft/layers/regularizers/l2.h>

#include <cmath>

#include "tests/layers/recurrent_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

layers::GRU small_gru(layers::GRUOptions o = {}) { return layers::GRU(3, std::move(o)); }

}  // namespace

TEST_CASE("GRU has Keras's weights, names and shapes", "[layers]") {
  layers::GRU gru = small_gru({.name = "d"});
  CHECK(gru(Input({None, 5})).shape() == Shape{None, 3});
  CHECK(weight_text(gru) ==
        "d/gru_cell/kernel (5, 9), d/gru_cell/recurrent_kernel (3, 9), d/gru_cell/bias (2, 9)");
  CHECK(gru->count_params() == 3 * (5 * 3 + 3 * 3 + 2 * 3));
  CHECK(gru->children().at(0).attribute == "cell");
  CHECK(gru->children().at(0).layer->class_name() == "GRUCell");
  layers::GRU before = small_gru({.reset_after = false});
  before(Input({None, 5}));
  CHECK(before->bias().shape() == Shape{9});
  layers::GRU bare = small_gru({.use_bias = false});
  bare(Input({None, 5}));
  CHECK(bare->weights().size() == 2);
}

TEST_CASE("GRU returns what was asked for", "[layers]") {
  const Tensor x = Input({None, 5});
  CHECK(small_gru({.return_sequences = true})(x).shape() == Shape{None, None, 3});
  const Tensors all = small_gru({.return_sequences = true, .return_state = true}).all(x);
  REQUIRE(all.size() == 2);
  CHECK(all[0].shape() == Shape{None, None, 3});
  CHECK(all[1].shape() == Shape{None, 3});
}

TEST_CASE("GRU: whole op and written-out loop agree", "[layers]") {
  check_loop<layers::GRU, layers::GRUOptions>();
}

TEST_CASE("GRU: initial_state goes in, final states come out", "[layers]") {
  check_states<layers::GRU, layers::GRUOptions>(1);
}

TEST_CASE("GRU: masks of Embedding, of the caller and none with initial_state", "[layers]") {
  check_masks<layers::GRU, layers::GRUOptions>(1);
}

TEST_CASE("GRU: a stateful layer goes on where it ended", "[layers]") {
  check_stateful<layers::GRU, layers::GRUOptions>(1);
}

TEST_CASE("GRU: dropout in training alone, one pattern per sequence", "[layers]") {
  check_dropout<layers::GRU, layers::GRUOptions>();
}

TEST_CASE("GRU: gradients reach all weights, in a plan as eagerly", "[layers]") {
  check_training<layers::GRU, layers::GRUOptions>();
}

TEST_CASE("GRU in float16 and under a mixed policy", "[layers]") {
  check_dtypes<layers::GRU, layers::GRUOptions>();
}

TEST_CASE("GRU writes Keras's config and is revived from it", "[layers]") {
  check_round_trip(layers::GRU(3, {.activation = "relu",
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
                                   .reset_after = false,
                                   .name = "d"}));
  // What Keras 3.15.1 prints.
  CHECK(config_text(small_gru({.name = "d"})) ==
        common_config() +
            ", 'return_sequences': False, 'return_state': False, 'go_backwards': False, "
            "'stateful': False, 'unroll': False, 'zero_output_for_mask': False, 'units': 3, "
            "'activation': 'tanh', 'recurrent_activation': 'sigmoid', 'use_bias': True, "
            "'kernel_initializer': {'module': 'keras.initializers', 'class_name': "
            "'GlorotUniform', 'config': {'seed': None}, 'registered_name': None}, "
            "'recurrent_initializer': {'module': 'keras.initializers', 'class_name': "
            "'Orthogonal', 'config': {'seed': None, 'gain': 1.0}, 'registered_name': None}, "
            "'bias_initializer': {'module': 'keras.initializers', 'class_name': 'Zeros', "
            "'config': {}, 'registered_name': None}, "
            "'kernel_regularizer': None, 'recurrent_regularizer': None, 'bias_regularizer': None, "
            "'activity_regularizer': None, 'kernel_constraint': None, 'recurrent_constraint': "
            "None, 'bias_constraint': None, 'dropout': 0.0, 'recurrent_dropout': 0.0, "
            "'reset_after': True, 'seed': "
            "None}");
}

TEST_CASE("GRU says what does not fit", "[errors]") {
  check_errors<layers::GRU, layers::GRUOptions>("GRU", 1);
}
