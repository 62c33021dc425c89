// XS starts the module named "main". It stands in no folder, so nothing can be imported from it by a relative path: on to main.ts.
import "boards/pico/main"
