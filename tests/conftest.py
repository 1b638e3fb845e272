"""Everything a test computes or starts, the kernels of nbval too, has the environment of the report."""

from analysis.running import execute

execute.fix_environment()
