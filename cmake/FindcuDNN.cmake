# cuDNN 9 from the CUDA toolkit, the distribution, or the wheels of a Python environment (nvidia-cudnn-cu12, nvidia-cudnn-cu13:
# site-packages/nvidia/cudnn). Sets cuDNN_FOUND, cuDNN_VERSION, cuDNN_INCLUDE_DIR, cuDNN_LIBRARY and makes cuDNN::cudnn. cuDNN_ROOT names another
# place.
set(cuDNN_places "")
foreach(folder ${CUDAToolkit_INCLUDE_DIRS} ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  get_filename_component(folder "${folder}" DIRECTORY)
  list(APPEND cuDNN_places "${folder}")
endforeach()
find_program(cuDNN_PYTHON NAMES python3 python)
mark_as_advanced(cuDNN_PYTHON)
if(cuDNN_PYTHON)
  execute_process(COMMAND "${cuDNN_PYTHON}" -c "import sysconfig; print(sysconfig.get_path('purelib') + '/nvidia/cudnn')"
                  OUTPUT_VARIABLE cuDNN_wheel OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  list(APPEND cuDNN_places "${cuDNN_wheel}")
endif()
list(APPEND cuDNN_places /usr/local/cuda)

find_path(cuDNN_INCLUDE_DIR NAMES cudnn.h HINTS ${cuDNN_places} PATH_SUFFIXES include)
# A wheel has the library's full name only.
find_library(cuDNN_LIBRARY NAMES cudnn libcudnn.so.9 NAMES_PER_DIR HINTS ${cuDNN_places} PATH_SUFFIXES lib64 lib)
mark_as_advanced(cuDNN_INCLUDE_DIR cuDNN_LIBRARY)

if(cuDNN_INCLUDE_DIR AND EXISTS "${cuDNN_INCLUDE_DIR}/cudnn_version.h")
  file(STRINGS "${cuDNN_INCLUDE_DIR}/cudnn_version.h" lines REGEX "#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) +[0-9]+")
  set(cuDNN_VERSION "")
  foreach(part MAJOR MINOR PATCHLEVEL)
    string(REGEX MATCH "CUDNN_${part} +([0-9]+)" found "${lines}")
    string(APPEND cuDNN_VERSION ".${CMAKE_MATCH_1}")
  endforeach()
  string(SUBSTRING "${cuDNN_VERSION}" 1 -1 cuDNN_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(cuDNN REQUIRED_VARS cuDNN_LIBRARY cuDNN_INCLUDE_DIR VERSION_VAR cuDNN_VERSION)
if(cuDNN_FOUND AND NOT TARGET cuDNN::cudnn)
  add_library(cuDNN::cudnn UNKNOWN IMPORTED)
  set_target_properties(cuDNN::cudnn PROPERTIES IMPORTED_LOCATION "${cuDNN_LIBRARY}"
                        INTERFACE_INCLUDE_DIRECTORIES "${cuDNN_INCLUDE_DIR}")
endif()
