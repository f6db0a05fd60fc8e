// The benchmark models in OpenNN's layers.
#pragma once
#include <memory>
#include <span>  // of which OpenNN's headers make use
#include <string>

#include <opennn/neural_network.h>
#include <opennn/tabular_dataset.h>

struct Peer {
  std::unique_ptr<opennn::NeuralNetwork> network;
  std::unique_ptr<opennn::TabularDataset> data;  // of all batches; the targets are one-hot
  Index batch_size = 0, batches = 0;
  bool accuracy = true;
};

// Throws std::invalid_argument for a model that OpenNN cannot express.
Peer make_peer(const std::string& name);
