from thumblab.layers import Identity

EXAMPLES = [(Identity(), (4, 6, 6)), (Identity(), (12,))]
