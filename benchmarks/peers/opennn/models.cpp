#include "models.h"

#include <opennn/addition_layer.h>
#include <opennn/convolutional_layer.h>
#include <opennn/dense_layer.h>
#include <opennn/dropout_operator.h>
#include <opennn/flatten_layer.h>
#include <opennn/long_short_term_memory_layer.h>
#include <opennn/pooling_layer.h>
#include <opennn/tensor_operations.h>

#include <map>
#include <random>
#include <stdexcept>

namespace {

using opennn::NeuralNetwork, opennn::Shape;

// OpenNN has the operation, but only Dense and Embedding put it to use.
class Dropout final : public opennn::Layer {
 public:
  Dropout(const Shape& shape, float rate) : Layer(opennn::LayerType::Activation) {
    input_shape = shape;
    dropout_.set_rate(rate);
    operators = {&dropout_};
  }
  Shape get_output_shape() const override { return input_shape; }
  void forward_propagate(opennn::ForwardPropagation& forward, std::size_t layer,
                         bool training) override {
    opennn::copy(dropout_.get_input(forward, layer), dropout_.get_output(forward, layer));
    dropout_.forward_propagate(forward, layer, training);
  }
  void back_propagate(opennn::ForwardPropagation& forward, opennn::BackPropagation& backward,
                      std::size_t layer) const override {
    dropout_.back_propagate(forward, backward, layer);
    opennn::copy(dropout_.get_output_delta(backward, layer),
                 dropout_.get_input_delta(backward, layer));
  }

 private:
  opennn::DropoutOperator dropout_;
};

void dense(NeuralNetwork& net, const Shape& input, Index units, const char* activation,
           float dropout = 0) {
  auto layer = std::make_unique<opennn::Dense>(input, Shape{units}, activation);
  layer->set_dropout_rate(dropout);
  net.add_layer(std::move(layer));
}

void conv(NeuralNetwork& net, const Shape& input, Index filters, const char* padding = "Valid") {
  net.add_layer(std::make_unique<opennn::Convolutional>(input, Shape{3, 3, input[2], filters},
                                                        "ReLU", Shape{1, 1}, padding));
}

void pool(NeuralNetwork& net, Index size, const char* method = "MaxPooling") {
  net.add_layer(std::make_unique<opennn::Pooling>(net.get_output_shape(), Shape{size, size},
                                                  Shape{size, size}, Shape{0, 0}, method));
}

void flatten(NeuralNetwork& net) {
  net.add_layer(std::make_unique<opennn::Flatten>(net.get_output_shape()));
}

void dense_stack(NeuralNetwork& net, const std::vector<Index>& sizes, float dropout) {
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    const bool last = i + 1 == sizes.size();
    dense(net, Shape{sizes[i - 1]}, sizes[i], last ? "Softmax" : "ReLU", last ? 0 : dropout);
  }
}

void cnn(NeuralNetwork& net) {
  conv(net, Shape{28, 28, 1}, 32);
  conv(net, net.get_output_shape(), 64);
  pool(net, 2);
  net.add_layer(std::make_unique<Dropout>(net.get_output_shape(), 0.25f));
  flatten(net);
  dense(net, net.get_output_shape(), 128, "ReLU", 0.5f);
  dense(net, net.get_output_shape(), 10, "Softmax");
}

void lstm_rows(NeuralNetwork& net) {
  net.add_layer(std::make_unique<opennn::LongShortTermMemory>(Shape{28, 28}, Shape{128}));
  dense(net, net.get_output_shape(), 10, "Softmax");
}

void toy_resnet(NeuralNetwork& net) {
  conv(net, Shape{32, 32, 3}, 32);
  conv(net, net.get_output_shape(), 64);
  pool(net, 3);
  for (int block = 0; block < 2; ++block) {
    const Index x = net.get_layers_number() - 1;
    conv(net, net.get_output_shape(), 64, "Same");
    conv(net, net.get_output_shape(), 64, "Same");
    const Index y = net.get_layers_number() - 1;
    net.add_layer(std::make_unique<opennn::Addition>(net.get_output_shape(), "add"), {y, x});
  }
  conv(net, net.get_output_shape(), 64);
  pool(net, net.get_output_shape()[0], "AveragePooling");
  flatten(net);
  dense(net, net.get_output_shape(), 256, "ReLU", 0.5f);
  dense(net, net.get_output_shape(), 10, "Softmax");
}

std::unique_ptr<opennn::TabularDataset> make_data(Index samples, const Shape& input,
                                                  Index classes) {
  std::mt19937 engine(1);
  std::uniform_real_distribution<float> uniform(0, 1);
  MatrixR rows = MatrixR::Zero(samples, input.size() + classes);
  for (Index i = 0; i < samples; ++i) {
    for (Index j = 0; j < input.size(); ++j) rows(i, j) = uniform(engine);
    rows(i, input.size() + static_cast<Index>(engine() % static_cast<unsigned>(classes))) = 1;
  }
  auto data = std::make_unique<opennn::TabularDataset>(samples, input, Shape{classes});
  data->set_data(std::move(rows));
  return data;
}

const std::map<std::string, std::string>& refusals() {
  static const std::map<std::string, std::string> all{
      {"autoencoder", "it has no transposed convolution and no Reshape"},
      {"ticket", "a network has one output and one loss"},
      {"transformer", "the heads of MultiHeadAttention share the width (16 each, not 32)"}};
  return all;
}

}  // namespace

Peer make_peer(const std::string& name) {
  Peer p;
  p.network = std::make_unique<NeuralNetwork>();
  NeuralNetwork& net = *p.network;
  Shape input{784};
  Index classes = 10;
  const auto set = [&](Index batch_size, Index batches) {
    p.batch_size = batch_size, p.batches = batches;
  };
  if (name == "mlp") {
    set(64, 500);
    dense_stack(net, {784, 64, 64, 10}, 0);
  } else if (name == "mlp_wide") {
    set(128, 100);
    dense_stack(net, {784, 512, 512, 10}, 0.2f);
  } else if (name == "big_mlp") {
    set(256, 12);
    dense_stack(net, {1024, 2048, 2048, 1000}, 0);
    input = Shape{1024}, classes = 1000, p.accuracy = false;
  } else if (name == "cnn") {
    set(128, 12);
    cnn(net);
    input = Shape{28, 28, 1};
  } else if (name == "lstm_rows") {
    set(128, 40);
    lstm_rows(net);
    input = Shape{28, 28};
  } else if (name == "toy_resnet") {
    set(64, 12);
    toy_resnet(net);
    input = Shape{32, 32, 3};
  } else {
    const auto why = refusals().find(name);
    throw std::invalid_argument("OpenNN: the model '" + name + "' is not written for this peer" +
                                (why == refusals().end() ? "" : ": " + why->second));
  }
  net.compile();
  net.set_parameters_glorot();
  p.data = make_data(p.batch_size * p.batches, input, classes);
  return p;
}
