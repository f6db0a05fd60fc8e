# Public includes read <weft/core/tensor.h> in the source tree as once installed: the build folder's include/weft links to
# the public directories, to weft.h, and to the generated umbrellas.
set(WEFT_PUBLIC_DIRS core graph layers io training applications utils)
set(WEFT_UMBRELLAS ops layers initializers regularizers constraints losses metrics schedules optimizers callbacks)

function(weft_include_tree target)
  set(tree "${PROJECT_BINARY_DIR}/include")
  file(MAKE_DIRECTORY "${tree}/weft")
  foreach(name ${WEFT_PUBLIC_DIRS} weft.h)
    file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${name}" "${tree}/weft/${name}" SYMBOLIC)
  endforeach()
  foreach(name ${WEFT_UMBRELLAS})
    file(CREATE_LINK "${PROJECT_BINARY_DIR}/generated/${name}.h" "${tree}/weft/${name}.h" SYMBOLIC)
  endforeach()
  file(CREATE_LINK "${PROJECT_BINARY_DIR}/generated" "${tree}/generated" SYMBOLIC)
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${tree}>"
                             "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
endfunction()
