export { ConnectionIndicator, ConnectionIndicatorCompact } from '@tidings/react/indicator';
