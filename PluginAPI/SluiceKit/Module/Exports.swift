@_exported public import CSluice
