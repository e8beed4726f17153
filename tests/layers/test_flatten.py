from thumblab.layers import Flatten

EXAMPLES = [(Flatten(), (4, 6, 6)), (Flatten(), (3, 5, 7)), (Flatten(), (12,))]
