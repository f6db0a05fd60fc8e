// The benchmark models in libtorch's C++ frontend.
#pragma once
#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

struct Peer {
  std::shared_ptr<torch::nn::Module> module;
  std::function<std::vector<torch::Tensor>(const std::vector<torch::Tensor>&)> forward;
  std::vector<torch::Tensor> inputs, targets;  // of all batches
  int batch_size = 0, batches = 0;
  bool rmsprop = false, accuracy = true;

  torch::Tensor loss(const std::vector<torch::Tensor>& out,
                     const std::vector<torch::Tensor>& y) const;
};

// Throws std::invalid_argument for a model that is not written for this peer.
Peer make_peer(const std::string& name);
