from thumblab.layers import ReLU

EXAMPLES = [(ReLU(), (4, 6, 6)), (ReLU(), (12,))]
