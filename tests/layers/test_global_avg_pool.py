from thumblab.layers import GlobalAvgPool

EXAMPLES = [(GlobalAvgPool(), (4, 6, 6)), (GlobalAvgPool(), (3, 5, 7))]
