#include "models.h"

#include <stdexcept>

namespace F = torch::nn::functional;
using namespace torch::nn;
using torch::Tensor;

namespace {

Sequential dense_stack(const std::vector<int>& sizes, double dropout) {
  Sequential net;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    net->push_back(Linear(sizes[i], sizes[i + 1]));
    if (i + 2 == sizes.size()) break;
    net->push_back(ReLU());
    if (dropout > 0) net->push_back(Dropout(dropout));
  }
  return net;
}

Sequential cnn() {
  return Sequential(Conv2d(1, 32, 3), ReLU(), Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
                    Dropout(0.25), Flatten(), Linear(64 * 12 * 12, 128), ReLU(), Dropout(0.5),
                    Linear(128, 10));
}

struct LstmRowsImpl : Module {
  LSTM lstm{register_module("lstm", LSTM(LSTMOptions(28, 128).batch_first(true)))};
  Linear out{register_module("out", Linear(128, 10))};
  Tensor forward(const Tensor& x) { return out(std::get<0>(lstm(x)).select(1, -1)); }
};
TORCH_MODULE(LstmRows);

struct ToyResnetImpl : Module {
  Conv2d c1{register_module("c1", Conv2d(3, 32, 3))}, c2{register_module("c2", Conv2d(32, 64, 3))},
      c3{register_module("c3", Conv2d(64, 64, 3))};
  Linear d1{register_module("d1", Linear(64, 256))}, d2{register_module("d2", Linear(256, 10))};
  std::vector<Conv2d> blocks;
  ToyResnetImpl() {
    for (int i = 0; i < 4; ++i)
      blocks.push_back(
          register_module("b" + std::to_string(i), Conv2d(Conv2dOptions(64, 64, 3).padding(1))));
  }
  Tensor forward(Tensor x) {
    x = torch::max_pool2d(torch::relu(c2(torch::relu(c1(x)))), 3);
    for (int i = 0; i < 4; i += 2) x = x + torch::relu(blocks[i + 1](torch::relu(blocks[i](x))));
    x = torch::relu(c3(x)).mean(torch::IntArrayRef({2, 3}));
    return d2(torch::dropout(torch::relu(d1(x)), 0.5, is_training()));
  }
};
TORCH_MODULE(ToyResnet);

struct TicketImpl : Module {
  Embedding title{register_module("title", Embedding(10000, 64))},
      body{register_module("body", Embedding(10000, 64))};
  LSTM lstm_title{register_module("lstm_title", LSTM(LSTMOptions(64, 128).batch_first(true)))};
  LSTM lstm_body{register_module("lstm_body", LSTM(LSTMOptions(64, 32).batch_first(true)))};
  Linear priority{register_module("priority", Linear(172, 1))},
      department{register_module("department", Linear(172, 4))};
  std::vector<Tensor> run(const std::vector<Tensor>& x) {
    const Tensor t = std::get<0>(lstm_title(title(x[0]))).select(1, -1);
    const Tensor b = std::get<0>(lstm_body(body(x[1]))).select(1, -1);
    const Tensor all = torch::cat({t, b, x[2]}, 1);
    return {priority(all), department(all)};
  }
};
TORCH_MODULE(Ticket);

template <class Holder>
void use(Peer& peer, Holder net) {
  peer.module = net.ptr();
  peer.forward = [net](const std::vector<Tensor>& x) mutable {
    return std::vector<Tensor>{net->forward(x[0])};
  };
}

Tensor image(std::int64_t n, std::vector<std::int64_t> shape) {
  shape.insert(shape.begin(), n);
  const Tensor x = torch::rand(shape);
  return shape.size() == 4 ? x.contiguous(torch::MemoryFormat::ChannelsLast) : x;
}

}  // namespace

Tensor Peer::loss(const std::vector<Tensor>& out, const std::vector<Tensor>& y) const {
  if (out.size() == 2)
    return F::binary_cross_entropy_with_logits(out[0], y[0]) + 0.2 * F::cross_entropy(out[1], y[1]);
  return F::cross_entropy(out[0], y[0]);
}

Peer make_peer(const std::string& name) {
  Peer p;
  const auto labels = [&](int classes) {
    return torch::randint(classes, {p.batch_size * p.batches});
  };
  const auto set = [&](int batch_size, int batches, bool rmsprop) {
    p.batch_size = batch_size, p.batches = batches, p.rmsprop = rmsprop;
    return std::int64_t{batch_size} * batches;
  };
  if (name == "mlp") {
    const auto n = set(64, 500, true);
    use(p, dense_stack({784, 64, 64, 10}, 0));
    p.inputs = {image(n, {784})}, p.targets = {labels(10)};
  } else if (name == "mlp_wide") {
    const auto n = set(128, 100, true);
    use(p, dense_stack({784, 512, 512, 10}, 0.2));
    p.inputs = {image(n, {784})}, p.targets = {labels(10)};
  } else if (name == "big_mlp") {
    const auto n = set(256, 12, false);
    use(p, dense_stack({1024, 2048, 2048, 1000}, 0));
    p.inputs = {image(n, {1024})}, p.targets = {labels(1000)}, p.accuracy = false;
  } else if (name == "cnn") {
    const auto n = set(128, 12, false);
    use(p, cnn());
    p.inputs = {image(n, {1, 28, 28})}, p.targets = {labels(10)};
  } else if (name == "lstm_rows") {
    const auto n = set(128, 40, false);
    use(p, LstmRows());
    p.inputs = {image(n, {28, 28})}, p.targets = {labels(10)};
  } else if (name == "toy_resnet") {
    const auto n = set(64, 12, true);
    use(p, ToyResnet());
    p.inputs = {image(n, {3, 32, 32})},
    p.targets = {torch::one_hot(labels(10), 10).to(torch::kFloat)};
  } else if (name == "ticket") {
    const auto n = set(32, 40, true);
    Ticket net;
    p.module = net.ptr();
    p.forward = [net](const std::vector<Tensor>& x) mutable { return net->run(x); };
    p.inputs = {torch::randint(10000, {n, 10}), torch::randint(10000, {n, 100}), image(n, {12})};
    p.targets = {image(n, {1}), torch::one_hot(labels(4), 4).to(torch::kFloat)}, p.accuracy = false;
  } else {
    throw std::invalid_argument("libtorch: the model '" + name + "' is not written for this peer");
  }
  return p;
}
