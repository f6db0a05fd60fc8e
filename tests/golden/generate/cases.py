"""All cases: importing this module fills `registry.CASES`."""

# ruff: noqa: F401
import predict_activations
import predict_conv
import predict_dense
import predict_graphs
import predict_normalization
import predict_operators
import predict_shapes
import train_conv
import train_fit
import train_losses
import train_models
import train_optimizers
from registry import CASES
