#include <weft/core/ops/lstm.h>
#include <weft/core/ops/split.h>
#include <weft/layers/lstm.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/recurrent/recurrent_arguments.hpp"

namespace weft {
namespace layers {
namespace {

class LSTMCellLayer : public RecurrentCell {
 public:
  LSTMCellLayer(LayerOptions options, int units, const RecurrentArguments& arguments)
      : RecurrentCell(std::move(options), "LSTMCell", 4, 2, units, arguments) {}

  std::vector<Tensor> step(const Step& before) const override {
    const Activation &f = arguments_.activation, &r = arguments_.recurrent_activation;
    const Tensor z = before.projected + recur(before.states[0], before.recurrent_dropout, 0, 4);
    const std::vector<Tensor> gates = ops::split(z, 4, -1);
    const Tensor c = r(gates[1]) * before.states[1] + r(gates[0]) * f(gates[2]);
    return {r(gates[3]) * f(c), c};
  }

  std::vector<Tensor> whole(const Sequence& s) const override {
    return ops::lstm(s.x, s.states[0], s.states[1], read(kernel()), read(recurrent_kernel()),
                     read(bias()),
                     {.activation = s.activation,
                      .recurrent_activation = s.recurrent_activation,
                      .mask = s.mask,
                      .return_sequences = arguments_.return_sequences,
                      .go_backwards = arguments_.go_backwards,
                      .input_dropout = s.input_dropout,
                      .recurrent_dropout = s.recurrent_dropout});
  }
};

AnyLayer from_config(const Config& c) {
  return LSTM(c.get<int>("units"), recurrent_options<LSTMOptions>(c));
}

}  // namespace

LSTMLayer::LSTMLayer(int units, LSTMOptions options)
    : RecurrentLayer("LSTM", units, recurrent_arguments(options)) {}

LayerRef<RecurrentCell> LSTMLayer::make_cell(LayerOptions options) const {
  const auto cell = layer<LSTMCellLayer>(std::move(options), units(), arguments());
  return {cell, cell.operator->()};
}

LSTM::LSTM(int units, LSTMOptions options)
    : LayerRef(layer<LSTMLayer>(units, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_lstm() { detail::register_layer("LSTM", layers::from_config); }
}  // namespace registration

}  // namespace weft
