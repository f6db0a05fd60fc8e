"""All cases: importing this module fills `registry.CASES`."""

# ruff: noqa: F401
import predict_activations
import predict_attention
import predict_dense
import predict_graphs
import predict_masks
import predict_normalization
import predict_operators
import predict_recurrent
import predict_shapes
import train_attention
import train_fit
import train_losses
import train_models
import train_optimizers
import train_recurrent
from registry import CASES
