import {registry} from "@web/core/registry";
import {IntegerField, integerField} from "@web/views/fields/integer/integer_field";
import {useInputField} from "@web/views/fields/input_field_hook";
import {parseInteger} from "@web/views/fields/parsers";
import {useState} from "@odoo/owl";

/** A scale from 0 to 10 that may be left empty: empty is kept as -1. */
export class SosScaleField extends IntegerField {
    setup() {
        this.state = useState({hasFocus: false});
        useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            parse: (value) => (value.trim() ? parseInteger(value) : -1),
        });
    }

    get formattedValue() {
        return this.value < 0 ? "" : super.formattedValue;
    }
}

registry
    .category("fields")
    .add("sos_scale", {...integerField, component: SosScaleField});
