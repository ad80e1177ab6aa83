package io.lockkeeper.grammar.wasm.split;

import java.util.List;
import java.util.Optional;

/** @param result none or one: functions with several are not supported */
record FunctionType(List<ValueType> parameters, Optional<ValueType> result) {

    FunctionType {
        parameters = List.copyOf(parameters);
    }
}
