# The CUDA plug-in has no sources yet: this checks that the toolkit is there, so that the preset holds what it can.
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  message(FATAL_ERROR "WEFT_CUDA: expected nvcc on the PATH (or CUDACXX set). Received: none")
endif()
message(STATUS "WEFT_CUDA: found ${CMAKE_CUDA_COMPILER}; the CUDA backend has no sources yet, so "
               "this builds the CPU library alone")
