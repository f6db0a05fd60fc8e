#include <weft/core/ops/gru.h>
#include <weft/core/ops/split.h>
#include <weft/layers/gru.h>

#include "graph/functional/layer_registry.hpp"
#include "layers/recurrent/recurrent_arguments.hpp"

namespace weft {
namespace layers {
namespace {

class GRUCellLayer : public RecurrentCell {
 public:
  GRUCellLayer(LayerOptions options, int units, const RecurrentArguments& arguments)
      : RecurrentCell(std::move(options), "GRUCell", 3, 1, units, arguments) {}

  std::vector<Tensor> step(const Step& before) const override {
    const Activation &f = arguments_.activation, &a = arguments_.recurrent_activation;
    const Tensor& h = before.states[0];
    const std::vector<Tensor> x = ops::split(before.projected, 3, -1);
    const int first = arguments_.reset_after ? 3 : 2;
    Tensor product = recur(h, before.recurrent_dropout, 0, first);
    if (arguments_.reset_after && bias()) product = product + Tensor(read(bias())[1]);
    const std::vector<Tensor> u = ops::split(product, first, -1);
    const Tensor z = a(x[0] + u[0]), r = a(x[1] + u[1]);
    const Tensor share =
        arguments_.reset_after ? r * u[2] : recur(r * h, before.recurrent_dropout, 2, 3);
    return {z * h + (1.0 - z) * f(x[2] + share)};
  }

  std::vector<Tensor> whole(const Sequence& s) const override {
    return ops::gru(s.x, s.states[0], read(kernel()), read(recurrent_kernel()), read(bias()),
                    {.activation = s.activation,
                     .recurrent_activation = s.recurrent_activation,
                     .mask = s.mask,
                     .reset_after = arguments_.reset_after,
                     .return_sequences = arguments_.return_sequences,
                     .go_backwards = arguments_.go_backwards,
                     .input_dropout = s.input_dropout,
                     .recurrent_dropout = s.recurrent_dropout});
  }
};

AnyLayer from_config(const Config& c) {
  return GRU(c.get<int>("units"), recurrent_options<GRUOptions>(c));
}

}  // namespace

GRULayer::GRULayer(int units, GRUOptions options)
    : RecurrentLayer("GRU", units, recurrent_arguments(options)) {}

LayerRef<RecurrentCell> GRULayer::make_cell(LayerOptions options) const {
  const auto cell = layer<GRUCellLayer>(std::move(options), units(), arguments());
  return {cell, cell.operator->()};
}

GRU::GRU(int units, GRUOptions options) : LayerRef(layer<GRULayer>(units, std::move(options))) {}

}  // namespace layers

namespace registration {
void layer_gru() { detail::register_layer("GRU", layers::from_config); }
}  // namespace registration

}  // namespace weft
