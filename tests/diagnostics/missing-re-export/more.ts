export { discount } from './plans';
