# Sourced, in the root of the tree: ccache takes two clones of the tree for the same.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=5G
