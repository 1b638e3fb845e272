"""Everything a test computes or starts, the kernels of nbval too, has the environment of the report."""

from analysis.publish import execute

execute.settle()
