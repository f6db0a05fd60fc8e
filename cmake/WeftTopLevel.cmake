# Settings that only weft's own build makes: where things go, a default build type, ccache.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# Two build types for the sanitizers: some optimisation, or the tests take too long; g++ 12 with a sanitizer takes what is
# initialised for uninitialised.
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_ASAN "-O1 -g1 -fno-omit-frame-pointer -Wno-maybe-uninitialized -fsanitize=address,undefined \
-fno-sanitize-recover=undefined")
  set(CMAKE_${language}_FLAGS_TSAN "-O1 -g1 -fno-omit-frame-pointer -Wno-maybe-uninitialized -fsanitize=thread")
endforeach()

find_program(WEFT_CCACHE ccache)
if(WEFT_CCACHE)
  foreach(language CXX CUDA)
    if(NOT CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER "${WEFT_CCACHE}")
    endif()
  endforeach()
endif()
