# cmake -DSOURCE=<repository> -DOUTPUT=<header> -P: writes WEFT_COMMIT, if it changed.
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=10
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit "unknown")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT "#pragma once\n#define WEFT_COMMIT \"${commit}\"\n")
